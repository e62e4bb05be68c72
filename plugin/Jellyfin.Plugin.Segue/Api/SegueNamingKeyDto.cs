using System.ComponentModel.DataAnnotations;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// The key of a naming service. No record: those write themselves out.
/// </summary>
public sealed class SegueNamingKeyDto
{
    /// <summary>Gets the key.</summary>
    [Required]
    [StringLength(SegueNamingController.MaxSecret, MinimumLength = 1)]
    public required string Key { get; init; }
}

/// <summary>
/// Whether there is a key for a naming service.
/// </summary>
/// <param name="Provider">The service.</param>
/// <param name="IsSet">Whether there is one.</param>
public sealed record SegueNamingKeyStateDto(string Provider, bool IsSet);
