using Jellyfin.Plugin.Segue.Api;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.TV;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Film;

/// <summary>
/// What people read of a soundtrack.
/// </summary>
internal static class SoundtrackTexts
{
    /// <summary>Longest description of a playlist.</summary>
    internal const int MaxDescription = 2000;

    /// <summary>Most reasons in it.</summary>
    internal const int MaxReasons = 8;

    /// <summary>Says what is being done.</summary>
    public static string Of(FilmStep step) => step switch
    {
        FilmStep.Looking => "Looking at pictures",
        FilmStep.Listening => "Listening",
        FilmStep.Asking => "Waiting for the service",
        _ => "Choosing music",
    };

    /// <summary>Makes a playlist of a soundtrack. No title is in its description: whoever may open it need not be able to see each track.</summary>
    /// <param name="film">The film.</param>
    /// <param name="soundtrack">Its music.</param>
    /// <param name="digest">Tells the film from one that has changed.</param>
    /// <returns>The playlist.</returns>
    public static SoundtrackList Describe(BaseItem film, Soundtrack soundtrack, string digest)
    {
        var answer = soundtrack.Answer;
        var reasons = soundtrack.Tracks.Select(track => track.Reason).Where(reason => !string.IsNullOrWhiteSpace(reason))
            .GroupBy(reason => reason, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .Take(MaxReasons)
            .Select(group => group.Key)
            .ToList();
        string[] parts =
        [
            answer.Description,
            answer.MusicRecommendation,
            reasons.Count == 0 ? string.Empty : "Chosen for: " + string.Join("; ", reasons) + ".",
        ];
        return new SoundtrackList(
            film.Id,
            Short("Music for " + Title(film), SegueControllerBase.MaxName),
            Short(string.Join("\n\n", parts.Select(Clean).Where(part => part.Length > 0)), MaxDescription),
            digest,
            soundtrack.Tracks);
    }

    private static string Title(BaseItem film)
    {
        var title = Clean(film.Name);
        return film is Episode { SeriesName: { Length: > 0 } series } ? Clean(series) + " – " + title : title;
    }

    private static string Clean(string? text) => string.Concat((text ?? string.Empty).Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();

    /// <summary>Cuts a text, between letters.</summary>
    private static string Short(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var end = most - 1;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)].TrimEnd() + "…";
    }
}
