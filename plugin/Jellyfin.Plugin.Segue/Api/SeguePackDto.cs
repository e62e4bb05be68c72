using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// A model that does not ship and that a person may install.
/// </summary>
public sealed record SeguePackDto
{
    /// <summary>Gets its name.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Gets its name for people.</summary>
    [Required]
    public required string Title { get; init; }

    /// <summary>Gets what it is.</summary>
    [Required]
    public required string About { get; init; }

    /// <summary>Gets what it makes possible, one sentence each.</summary>
    [Required]
    public required IReadOnlyList<string> Enables { get; init; }

    /// <summary>Gets its licence; an installation has to accept it.</summary>
    [Required]
    public required string Licence { get; init; }

    /// <summary>Gets where the licence can be read; null where it is in the package.</summary>
    public Uri? LicenceUrl { get; init; }

    /// <summary>Gets what the licence asks of a person.</summary>
    [Required]
    public required string Terms { get; init; }

    /// <summary>Gets who made it.</summary>
    [Required]
    public required string Source { get; init; }

    /// <summary>Gets how many bytes are fetched.</summary>
    public long Bytes { get; init; }

    /// <summary>Gets how many bytes of memory it takes while it is used.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Gets a value indicating whether Segue can fetch it. Otherwise a person puts the files into <see cref="Folder"/>.</summary>
    public bool Fetched { get; init; }

    /// <summary>Gets where its files lie or would lie.</summary>
    [Required]
    public required string Folder { get; init; }

    /// <summary>Gets its files.</summary>
    [Required]
    public required IReadOnlyList<SeguePackFileDto> Files { get; init; }

    /// <summary>Gets how it stands.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<PackState>))]
    public PackState State { get; init; }

    /// <summary>Gets what is wrong, or what is to be done; empty when nothing.</summary>
    [Required]
    public required string Detail { get; init; }

    /// <summary>Gets how many songs have been heard with it.</summary>
    public long Songs { get; init; }
}

/// <summary>
/// One file of a pack.
/// </summary>
public sealed record SeguePackFileDto
{
    /// <summary>Gets its name.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Gets where it is fetched from; null when a person has to put it there.</summary>
    public Uri? Url { get; init; }

    /// <summary>Gets how many bytes it has; 0 where that is not known before.</summary>
    public long Bytes { get; init; }

    /// <summary>Gets its SHA-256; empty where nobody states one.</summary>
    [Required]
    public required string Sha256 { get; init; }

    /// <summary>Gets how many bytes of it are there.</summary>
    public long Present { get; init; }
}

/// <summary>
/// A wish to install a pack.
/// </summary>
public sealed record SeguePackAcceptanceDto
{
    /// <summary>Gets the licence that the person accepts, as it was shown: the pack's <see cref="SeguePackDto.Licence"/>.</summary>
    [Required]
    [StringLength(SegueModelsController.MaxLicence, MinimumLength = 1)]
    public required string Accept { get; init; }
}
