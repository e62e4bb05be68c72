using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Jellyfin.Plugin.Segue.Jobs;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Long work that the caller began.
/// </summary>
public sealed record SegueJobDto
{
    /// <summary>Gets its id.</summary>
    public Guid Id { get; init; }

    /// <summary>Gets what kind of work it is.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<SegueJobKind>))]
    public SegueJobKind Kind { get; init; }

    /// <summary>Gets what it is about: the id of a film, or the name of a pack.</summary>
    [Required]
    public required string Subject { get; init; }

    /// <summary>Gets how it stands.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<SegueJobState>))]
    public SegueJobState State { get; init; }

    /// <summary>Gets how much of it is done, 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>Gets what it is doing, in a word or two.</summary>
    [Required]
    public required string Step { get; init; }

    /// <summary>Gets when it was asked for.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets when it ended; null until then.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets why it failed, in a sentence; empty unless it did.</summary>
    [Required]
    public required string Problem { get; init; }

    /// <summary>Gets the music, when it is done and was to find music for a film.</summary>
    public SegueSoundtrackDto? Soundtrack { get; init; }
}

/// <summary>
/// A wish for music that fits a film.
/// </summary>
public sealed record SegueSoundtrackRequestDto
{
    /// <summary>Gets how many tracks are wanted; null: as set.</summary>
    public int? Length { get; init; }

    /// <summary>Gets a value indicating whether it becomes a playlist of the caller's.</summary>
    public bool Playlist { get; init; }

    /// <summary>Gets a value indicating whether nobody outside is asked, also where the settings name a service.</summary>
    public bool Offline { get; init; }
}

/// <summary>
/// Music that fits a film, and why.
/// </summary>
public sealed record SegueSoundtrackDto
{
    /// <summary>Gets what the film is about and how it feels.</summary>
    [Required]
    public required SegueFilmAnswerDto Answer { get; init; }

    /// <summary>Gets who says so: <c>offline</c>, or the service's name.</summary>
    [Required]
    public required string AnsweredBy { get; init; }

    /// <summary>Gets what a person should know, such as why the service did not answer; empty when nothing.</summary>
    [Required]
    public required string Notice { get; init; }

    /// <summary>Gets what was measured of the film.</summary>
    [Required]
    public required SegueFilmMeasuresDto Measures { get; init; }

    /// <summary>Gets the music that the caller may see, in order, each track with its reason.</summary>
    [Required]
    public required IReadOnlyList<SegueNearDto> Tracks { get; init; }

    /// <summary>Gets the playlist that was made of it; null when there is none.</summary>
    public Guid? PlaylistId { get; init; }

    /// <summary>Gets its name; null when there is none.</summary>
    public string? PlaylistName { get; init; }
}

/// <summary>
/// What a film is about and how it feels, under the names that clients of other video recommenders know.
/// </summary>
public sealed record SegueFilmAnswerDto
{
    /// <summary>Gets what it is about and how it looks and sounds.</summary>
    [Required]
    [JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>Gets music that would fit, in a sentence that the search understands.</summary>
    [Required]
    [JsonPropertyName("music_recommendation")]
    public required string MusicRecommendation { get; init; }

    /// <summary>Gets keywords.</summary>
    [Required]
    [JsonPropertyName("keywords")]
    public required IReadOnlyList<string> Keywords { get; init; }

    /// <summary>Gets its mood in a word.</summary>
    [Required]
    [JsonPropertyName("mood")]
    public required string Mood { get; init; }

    /// <summary>Gets genres of music that would fit.</summary>
    [Required]
    [JsonPropertyName("genre_suggestions")]
    public required IReadOnlyList<string> GenreSuggestions { get; init; }

    /// <summary>Gets <c>Slow</c>, <c>Medium</c> or <c>Fast</c>.</summary>
    [Required]
    [JsonPropertyName("tempo")]
    public required string Tempo { get; init; }

    /// <summary>Gets <c>Low</c>, <c>Medium</c> or <c>High</c>.</summary>
    [Required]
    [JsonPropertyName("energy_level")]
    public required string EnergyLevel { get; init; }
}

/// <summary>
/// What was measured of a film. Null where it could not be.
/// </summary>
public sealed record SegueFilmMeasuresDto
{
    /// <summary>Gets the length in seconds.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>Gets how many frames were looked at.</summary>
    public int Frames { get; init; }

    /// <summary>Gets the changes of shot a minute.</summary>
    public float? ShotsPerMinute { get; init; }

    /// <summary>Gets the brightness, 0 to 1.</summary>
    public float? Brightness { get; init; }

    /// <summary>Gets the contrast within a frame, 0 to 1.</summary>
    public float? Contrast { get; init; }

    /// <summary>Gets the saturation, 0 to 1.</summary>
    public float? Saturation { get; init; }

    /// <summary>Gets the warmth: from −1, all blue, to 1, all red and yellow.</summary>
    public float? Warmth { get; init; }

    /// <summary>Gets how much moves, 0 to 1.</summary>
    public float? Motion { get; init; }

    /// <summary>Gets the share of the sound that is music, 0 to 1.</summary>
    public float? MusicShare { get; init; }

    /// <summary>Gets the share of the sound that is speech, 0 to 1.</summary>
    public float? SpeechShare { get; init; }

    /// <summary>Gets the integrated loudness in LUFS.</summary>
    public float? LoudnessLufs { get; init; }

    /// <summary>Gets the loudness range in LU.</summary>
    public float? LoudnessRangeLu { get; init; }

    /// <summary>Gets how much is going on in its sound, 0 to 1.</summary>
    public float? Arousal { get; init; }

    /// <summary>Gets how pleasant its sound is, 0 to 1.</summary>
    public float? Valence { get; init; }

    /// <summary>Gets the tempo of its music in beats per minute.</summary>
    public float? Bpm { get; init; }
}
