namespace Jellyfin.Plugin.Segue.Jobs;

/// <summary>
/// Work that takes longer than a client waits for an answer: begun by one request, watched and called off by others. Nothing of it
/// outlives the server.
/// </summary>
public interface ISegueJobs
{
    /// <summary>
    /// Begins a job, or gives the one that is at it already: the same kind of work on the same subject for the same owner. One job of a
    /// kind runs at a time, the others wait in their order.
    /// </summary>
    /// <param name="order">What is to be done, and for whom.</param>
    /// <returns>The job as it is now; null when its owner, or everybody together, has too many under way.</returns>
    SegueJob? Start(SegueJobOrder order);

    /// <summary>Finds a job. Who may know of it is for the caller to say: <see cref="SegueJob.Owner"/>.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The job as it is now; null when there is none, or when it ended more than an hour ago.</returns>
    SegueJob? Find(Guid id);

    /// <summary>Lists the jobs that have not been forgotten, the newest first.</summary>
    /// <returns>All of them, whoever owns them.</returns>
    IReadOnlyList<SegueJob> GetAll();

    /// <summary>Calls a job off. What has ended stays as it ended.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The job; null when there is none. It may go on for a moment until it heeds the call.</returns>
    SegueJob? Cancel(Guid id);
}

/// <summary>What a job is to do.</summary>
/// <param name="Kind">What kind of work it is.</param>
/// <param name="Subject">What it is about, such as the id of a film or the name of a pack.</param>
/// <param name="Owner">The user for whom it is; <see cref="Guid.Empty"/> for an API key.</param>
/// <param name="Work">Does it, tells how far it is, and gives what came of it. Heeds the token.</param>
public sealed record SegueJobOrder(SegueJobKind Kind, string Subject, Guid Owner, Func<IProgress<SegueJobStep>, CancellationToken, Task<object?>> Work);

/// <summary>What kind of work a job is.</summary>
public enum SegueJobKind
{
    /// <summary>Music for a film.</summary>
    Soundtrack,

    /// <summary>The installation of a model pack.</summary>
    PackInstallation,
}

/// <summary>How a job stands.</summary>
public enum SegueJobState
{
    /// <summary>Another job of its kind has to end first.</summary>
    Waiting,

    /// <summary>It is being done.</summary>
    Running,

    /// <summary>It is done, and <see cref="SegueJob.Result"/> is what came of it.</summary>
    Done,

    /// <summary>It failed, and <see cref="SegueJob.Failure"/> says why.</summary>
    Failed,

    /// <summary>It was called off.</summary>
    Cancelled,
}

/// <summary>How far a job is.</summary>
/// <param name="Fraction">How much of all of it is done, 0 to 1.</param>
/// <param name="Text">What it is doing, in a word or two.</param>
public readonly record struct SegueJobStep(double Fraction, string Text);

/// <summary>A job at one moment.</summary>
public sealed record SegueJob
{
    /// <summary>Gets its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets what kind of work it is.</summary>
    public required SegueJobKind Kind { get; init; }

    /// <summary>Gets what it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>Gets the user for whom it is; <see cref="Guid.Empty"/> for an API key.</summary>
    public required Guid Owner { get; init; }

    /// <summary>Gets how it stands.</summary>
    public required SegueJobState State { get; init; }

    /// <summary>Gets how far it is.</summary>
    public SegueJobStep Step { get; init; } = new(0, string.Empty);

    /// <summary>Gets when it was asked for.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets when it ended; null until then.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets what came of it; null until it is done.</summary>
    public object? Result { get; init; }

    /// <summary>Gets why it failed. Its message may name paths, so it is for administrators only.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Gets a value indicating whether it waits or runs.</summary>
    public bool IsUnderWay => State is SegueJobState.Waiting or SegueJobState.Running;
}
