using System.Buffers.Binary;
using Abi = Segue.Native.Generated;

namespace Segue.Native;

/// <content>What is asked of the space of tracks, and what it answers.</content>
internal static partial class Translate
{
    public static Abi.MixRequest Mix(MixRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.MixRequest
        {
            seeds = Seeds(request.Seeds, nameof(request)),
            length = Count(request.Length, nameof(request.Length)),
            artist_cap = Count(request.ArtistCap, nameof(request.ArtistCap)),
            album_cap = Count(request.AlbumCap, nameof(request.AlbumCap)),
            window = Count(request.Window, nameof(request.Window)),
            variation = request.Variation,
            include_seeds = request.IncludeSeeds,
            queue = References(request.Queue, nameof(request)),
            listener = NotNull(request.Listener, nameof(request)),
        };
    }

    public static Abi.PathRequest Path(PathRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.PathRequest
        {
            waypoints = References(request.Waypoints, nameof(request)),
            length = Count(request.Length, nameof(request.Length)),
            listener = NotNull(request.Listener, nameof(request)),
        };
    }

    public static Abi.BlendRequest Blend(BlendRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.BlendRequest
        {
            like = Seeds(request.Add, nameof(request)),
            unlike = Seeds(request.Subtract, nameof(request)),
            length = Count(request.Length, nameof(request.Length)),
            temperature = (float)Weight(request.Temperature, nameof(request.Temperature)),
            variation = request.Variation,
            artist_cap = Count(request.ArtistCap, nameof(request.ArtistCap)),
            listener = NotNull(request.Listener, nameof(request)),
        };
    }

    public static Abi.SimilarSetsRequest SimilarSets(SetKind kind, Seed seed, int count) => new()
    {
        kind = kind switch
        {
            SetKind.Artist => Abi.SetKind.Artist,
            SetKind.Album => Abi.SetKind.Album,
            _ => throw Unknown(kind, nameof(kind)),
        },
        seed = Seed(seed, nameof(seed)),
        count = Count(count, nameof(count)),
    };

    public static Abi.TracksRequest TrackSet(TracksRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.TracksRequest { tracks = References(request.Tracks, nameof(request)), listener = NotNull(request.Listener, nameof(request)) };
    }

    public static Abi.ExtendRequest Extend(ExtendRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.ExtendRequest
        {
            tracks = References(request.Tracks, nameof(request)),
            count = Count(request.Count, nameof(request.Count)),
            variation = request.Variation,
            listener = NotNull(request.Listener, nameof(request)),
        };
    }

    public static List<Abi.Opinion> Opinions(IReadOnlyCollection<Opinion> opinions)
    {
        ArgumentNullException.ThrowIfNull(opinions);
        return
        [
            .. opinions.Select(opinion => new Abi.Opinion
            {
                item_id = NotNull(opinion, nameof(opinions)).ItemId.ToString("N"),

                // Servers count with signs; a negative count is a fault of theirs, and no reason to refuse.
                plays = (uint)Math.Max(opinion.Plays, 0),
                favourite = opinion.Favourite,
                disliked = opinion.Disliked,
                last_played = opinion.LastPlayed is { } at ? Math.Max(at.ToUnixTimeSeconds(), 0) : 0,
            }),
        ];
    }

    public static List<Abi.Play> Plays(IReadOnlyList<Play> plays)
    {
        ArgumentNullException.ThrowIfNull(plays);
        return
        [
            .. plays.Select(play => new Abi.Play
            {
                track = NotNull(play, nameof(plays)).ItemId.ToString("N"),
                at = play.At.ToUnixTimeSeconds(),
                played_s = (float)Weight(play.Played.TotalSeconds, nameof(plays)),
                skipped = play.Skipped,
            }),
        ];
    }

    public static Abi.TasteRequest Taste(TasteRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.TasteRequest
        {
            listener = NotNull(request.Listener, nameof(request)),
            kinds = [.. NotNull(request.Kinds, nameof(request)).Select(kind => Kind(kind, nameof(request)))],
            daily_mixes = Count(request.DailyMixes, nameof(request.DailyMixes)),
            length = Count(request.Length, nameof(request.Length)),
            artist_cap = Count(request.ArtistCap, nameof(request.ArtistCap)),
            variation = request.Variation,
            now = request.Now.ToUnixTimeSeconds(),
        };
    }

    /// <summary>The ids one after the other, each as the 16 bytes of its hexadecimal digits, from left to right.</summary>
    public static byte[] Items(ItemSet? items) => items?.Packed ?? [];

    public static SongPath Path(Abi.SongPath path) => new()
    {
        Tracks = Neighbours(path.tracks),
        LargestStep = path.largest_step,
        Jumps = [.. path.jumps.Select(at => (int)at)],
    };

    public static SimilarSet SimilarSet(Abi.SimilarSet set) => new(set.name, set.artist, set.distance, (int)set.songs, Neighbour(set.example));

    public static Misfit Misfit(Abi.Misfit misfit) => new(Neighbour(misfit.track), misfit.deviations);

    public static PersonalList PersonalList(Abi.PersonalList list) => new()
    {
        Key = list.key,
        Kind = Kind(list.kind),
        Slot = (int)list.slot,
        Name = list.name,
        Description = list.description,
        Tracks = Neighbours(list.tracks),
    };

    public static SongMap Map(Abi.Map map) => new()
    {
        Points = [.. map.points.Select(point => new MapPoint(ItemId(point.item_high, point.item_low), point.x, point.y, point.region))],
        Regions = [.. map.regions.Select(region => new MapRegion(region.name, region.x, region.y, (int)region.songs))],
    };

    public static PersonalKind Kind(Abi.PersonalKind kind) => kind switch
    {
        { IsMoreLikeThis: true } => PersonalKind.MoreLikeThis,
        { IsForgotten: true } => PersonalKind.Forgotten,
        { IsOnRepeat: true } => PersonalKind.OnRepeat,
        { IsNewForYou: true } => PersonalKind.NewForYou,
        { IsDiscover: true } => PersonalKind.Discover,
        _ => PersonalKind.DailyMix,
    };

    private static Abi.PersonalKind Kind(PersonalKind kind, string name) => kind switch
    {
        PersonalKind.DailyMix => Abi.PersonalKind.DailyMix,
        PersonalKind.MoreLikeThis => Abi.PersonalKind.MoreLikeThis,
        PersonalKind.Forgotten => Abi.PersonalKind.Forgotten,
        PersonalKind.OnRepeat => Abi.PersonalKind.OnRepeat,
        PersonalKind.NewForYou => Abi.PersonalKind.NewForYou,
        PersonalKind.Discover => Abi.PersonalKind.Discover,
        _ => throw Unknown(kind, name),
    };

    private static List<Abi.Seed> Seeds(IReadOnlyList<Seed>? seeds, string name) => [.. NotNull(seeds, name).Select(seed => Seed(seed, name))];

    private static Abi.Seed Seed(Seed? seed, string name)
    {
        var wanted = NotNull(seed, name);
        return new Abi.Seed
        {
            kind = wanted.Kind switch
            {
                SeedKind.Track => Abi.SeedKind.Track,
                SeedKind.Album => Abi.SeedKind.Album,
                SeedKind.Artist => Abi.SeedKind.Artist,
                SeedKind.Genre => Abi.SeedKind.Genre,
                SeedKind.Folder => Abi.SeedKind.Folder,
                SeedKind.Playlist => Abi.SeedKind.Playlist,
                SeedKind.Mood => Abi.SeedKind.Mood,
                SeedKind.Taste => Abi.SeedKind.Taste,
                SeedKind.Words => Abi.SeedKind.Words,
                _ => throw Unknown(wanted.Kind, name),
            },
            name = NotNull(wanted.Name, name),
            weight = (float)Weight(wanted.Weight, name),
        };
    }

    private static List<string> References(IReadOnlyList<string>? references, string name) =>
        [.. NotNull(references, name).Select(reference => NotNull(reference, name))];

    private static Guid? ItemId(ulong high, ulong low)
    {
        if ((high | low) == 0)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }
}
