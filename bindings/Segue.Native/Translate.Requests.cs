using Abi = Segue.Native.Generated;

namespace Segue.Native;

/// <content>What is asked of groups and playlists.</content>
internal static partial class Translate
{
    public static Abi.ClusterRequest Cluster(ClusterRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var weights = NotNull(request.Weights, nameof(request));
        var fitness = NotNull(request.Fitness, nameof(request));
        return new Abi.ClusterRequest
        {
            algorithm = request.Algorithm switch
            {
                Native.Algorithm.KMeans => Abi.Algorithm.KMeans,
                Native.Algorithm.Dbscan => Abi.Algorithm.Dbscan,
                Native.Algorithm.Gmm => Abi.Algorithm.Gmm,
                Native.Algorithm.Hierarchical => Abi.Algorithm.Hierarchical,
                _ => throw Unknown(request.Algorithm, nameof(request)),
            },
            space = request.Space switch
            {
                InputSpace.Embeddings => Abi.InputSpace.Embeddings,
                InputSpace.TagsAndTempo => Abi.InputSpace.TagsAndTempo,
                InputSpace.Features => Abi.InputSpace.Features,
                _ => throw Unknown(request.Space, nameof(request)),
            },
            scaling = request.Scaling switch
            {
                Scaling.MinMax => Abi.Scaling.MinMax,
                Scaling.Standard => Abi.Scaling.Standard,
                _ => throw Unknown(request.Scaling, nameof(request)),
            },
            weights = new Abi.GroupWeights
            {
                vggish = (float)Weight(weights.Vggish, nameof(GroupWeights.Vggish)),
                mfcc = (float)Weight(weights.Mfcc, nameof(GroupWeights.Mfcc)),
                spectral = (float)Weight(weights.Spectral, nameof(GroupWeights.Spectral)),
                rhythmic = (float)Weight(weights.Rhythmic, nameof(GroupWeights.Rhythmic)),
            },
            variance_kept = Share(request.VarianceKept, nameof(request.VarianceKept)),
            top_moods = Count(request.TopMoods, nameof(request.TopMoods)),
            runs = Count(request.Runs, nameof(request.Runs)),
            patience = Count(request.Patience, nameof(request.Patience)),
            sample = Count(request.Sample, nameof(request.Sample)),
            clusters = Range(request.Clusters, nameof(request.Clusters)),
            eps = Range(request.Eps, nameof(request.Eps)),
            min_samples = Range(request.MinSamples, nameof(request.MinSamples)),
            components = Range(request.Components, nameof(request.Components)),
            covariance = request.Covariance switch
            {
                Covariance.Full => Abi.Covariance.Full,
                Covariance.Diagonal => Abi.Covariance.Diagonal,
                _ => throw Unknown(request.Covariance, nameof(request)),
            },
            linkage = request.Linkage switch
            {
                Linkage.Ward => Abi.Linkage.Ward,
                Linkage.Average => Abi.Linkage.Average,
                _ => throw Unknown(request.Linkage, nameof(request)),
            },
            pca = Range(request.Pca, nameof(request.Pca)),
            wider = request.Wider,
            fitness = new Abi.FitnessWeights
            {
                separation = Weight(fitness.Separation, nameof(FitnessWeights.Separation)),
                purity = Weight(fitness.Purity, nameof(FitnessWeights.Purity)),
                diversity = Weight(fitness.Diversity, nameof(FitnessWeights.Diversity)),
                artists = Weight(fitness.Artists, nameof(FitnessWeights.Artists)),
                size = Weight(fitness.Size, nameof(FitnessWeights.Size)),
            },
            seed = request.Seed,
            resume = request.Resume,
        };
    }

    public static Abi.PlaylistRequest Playlists(PlaylistRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.PlaylistRequest
        {
            cluster = Cluster(NotNull(request.Cluster, nameof(request))),
            max_songs = Count(request.MaxSongs, nameof(request.MaxSongs)),
            max_songs_per_artist = Count(request.MaxSongsPerArtist, nameof(request.MaxSongsPerArtist)),
            min_songs = Count(request.MinSongs, nameof(request.MinSongs)),
            max_distance = (float)Weight(request.MaxDistance, nameof(request.MaxDistance)),
            top_playlists = Count(request.TopPlaylists, nameof(request.TopPlaylists)),
            language = NotNull(request.Language, nameof(request)),
            automatic_names = request.AutomaticNames,
            name_moods = Count(request.NameMoods, nameof(request.NameMoods)),
            naming = request.Naming is { } service ? Naming(service) : null,
        };
    }

    public static Abi.NamingProvider Provider(NamingProvider provider) => provider switch
    {
        NamingProvider.Ollama => Abi.NamingProvider.Ollama,
        NamingProvider.Gemini => Abi.NamingProvider.Gemini,
        NamingProvider.OpenAi => Abi.NamingProvider.OpenAi,
        _ => throw Unknown(provider, nameof(provider)),
    };

    public static Abi.PlaylistEdit Edit(PlaylistEdit edit) => new() { pinned = edit.Pinned, excluded = edit.Excluded, name = edit.Name };

    public static Abi.DefinitionRequest Definition(DefinitionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.DefinitionRequest
        {
            definition = NotNull(request.Definition, nameof(request)),
            name = NotNull(request.Name, nameof(request)),
            key = NotNull(request.Key, nameof(request)),
        };
    }

    public static Abi.ImportRequest Import(ImportRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.ImportRequest { name = NotNull(request.Name, nameof(request)), fill = request.Fill };
    }

    public static Abi.ExportRequest Export(string title, IReadOnlyList<string> songs, ListFormat format, string? folder)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(songs);
        return new Abi.ExportRequest
        {
            title = title,
            songs = [.. songs.Select(song => NotNull(song, nameof(songs)))],
            format = format switch
            {
                ListFormat.M3u8 => Abi.ListFormat.M3u8,
                ListFormat.Jspf => Abi.ListFormat.Jspf,
                ListFormat.Xspf => Abi.ListFormat.Xspf,
                _ => throw Unknown(format, nameof(format)),
            },
            folder = folder,
        };
    }

    private static Abi.NamingService Naming(NamingService service) => new()
    {
        provider = Provider(service.Provider),
        url = service.Url?.OriginalString ?? string.Empty,
        model = NotNull(service.Model, nameof(service)),
        delay_s = Weight(service.Delay.TotalSeconds, nameof(service.Delay)),
    };

    private static Abi.CountRange Range(CountRange range, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Most, range.Least, name);
        return new Abi.CountRange { least = Count(range.Least, name), most = Count(range.Most, name) };
    }

    private static Abi.ValueRange Range(ValueRange range, string name)
    {
        var wanted = new Abi.ValueRange { least = Weight(range.Least, name), most = Weight(range.Most, name) };
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Most, range.Least, name);
        return wanted;
    }

    private static T NotNull<T>(T? value, string name)
        where T : class => value ?? throw new ArgumentNullException(name);

    /// <summary>A number that is finite and not negative.</summary>
    private static double Weight(double value, string name) =>
        double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, "It must be a finite number, 0 or larger.");

    /// <summary>A number from 0 to 1.</summary>
    private static double Share(double value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "It must be a number from 0 to 1.");

    private static ArgumentOutOfRangeException Unknown<T>(T value, string name)
        where T : struct, Enum => new(name, value, $"There is no such {typeof(T).Name}.");
}
