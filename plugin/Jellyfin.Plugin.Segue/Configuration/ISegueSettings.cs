namespace Jellyfin.Plugin.Segue.Configuration;

/// <summary>
/// The settings as they are now.
/// </summary>
public interface ISegueSettings
{
    /// <summary>Gets the settings in force. Ask again for each piece of work: a person may change them at any time.</summary>
    SegueSettings Current { get; }
}
