using System.Diagnostics.CodeAnalysis;
using Jellyfin.Plugin.Segue.Engine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Jobs;

/// <summary>
/// Keeps jobs in memory and calls all of them off when the server stops.
/// </summary>
internal sealed class SegueJobs : ISegueJobs, IHostedService, IDisposable
{
    /// <summary>Most jobs that one owner may have under way.</summary>
    internal const int MaxOfOwner = 4;

    /// <summary>Most jobs that may be under way.</summary>
    internal const int MaxInAll = 16;

    /// <summary>Most jobs that are remembered.</summary>
    internal const int MaxKept = 100;

    /// <summary>How long it is remembered how a job ended.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>How long the server's stop waits for jobs that were called off.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time;
    private readonly ILogger<SegueJobs> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();

    // In the order in which they were asked for.
    private readonly List<Entry> _entries = [];
    private bool _stopped;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueJobs"/> class.
    /// </summary>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SegueJobs(TimeProvider time, ILogger<SegueJobs> logger)
    {
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    public SegueJob? Start(SegueJobOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        lock (_gate)
        {
            Forget();
            var underWay = _entries.FindAll(entry => entry.Job.IsUnderWay);
            if (underWay.Find(entry => entry.IsFor(order) && !entry.IsCalledOff) is { } same)
            {
                return same.Job;
            }

            if (_stopped || underWay.Count >= MaxInAll || underWay.Count(entry => entry.Job.Owner.Equals(order.Owner)) >= MaxOfOwner)
            {
                return null;
            }

            var entry = new Entry(order, _time.GetUtcNow(), _stopping.Token);
            _entries.Add(entry);
            BeginNext(order.Kind);
            return entry.Job;
        }
    }

    /// <inheritdoc />
    public SegueJob? Find(Guid id)
    {
        lock (_gate)
        {
            Forget();
            return FindEntry(id)?.Job;
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<SegueJob> GetAll()
    {
        lock (_gate)
        {
            Forget();
            return [.. _entries.Select(entry => entry.Job).Reverse()];
        }
    }

    /// <inheritdoc />
    public SegueJob? Cancel(Guid id)
    {
        Entry? entry;
        lock (_gate)
        {
            Forget();
            entry = FindEntry(id);
            if (entry is null || !entry.Job.IsUnderWay)
            {
                return entry?.Job;
            }

            if (entry.Job.State == SegueJobState.Waiting)
            {
                End(entry, entry.Job with { State = SegueJobState.Cancelled });
                return entry.Job;
            }
        }

        // Outside of the lock: what is called off may answer at once.
        entry.CallOff();
        lock (_gate)
        {
            return entry.Job;
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] running;
        lock (_gate)
        {
            _stopped = true;
            foreach (var waiting in _entries.Where(entry => entry.Job.State == SegueJobState.Waiting))
            {
                End(waiting, waiting.Job with { State = SegueJobState.Cancelled });
            }

            running = [.. _entries.Where(entry => entry.Job.IsUnderWay).Select(entry => entry.Running)];
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(running).WaitAsync(Patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            _logger.LogWarning("A job did not end in time; it goes on ending in the background");
        }
    }

    /// <inheritdoc />
    public void Dispose() => _stopping.Dispose();

    private Entry? FindEntry(Guid id) => _entries.Find(entry => entry.Job.Id.Equals(id));

    /// <summary>Lets the next job of a kind begin, if none of it runs.</summary>
    private void BeginNext(SegueJobKind kind)
    {
        var ofKind = _entries.Where(entry => entry.Job.Kind == kind && entry.Job.IsUnderWay).ToList();
        if (!_stopped && ofKind.TrueForAll(entry => entry.Job.State == SegueJobState.Waiting) && ofKind is [var next, ..])
        {
            next.Job = next.Job with { State = SegueJobState.Running };
            next.Running = Task.Run(() => RunAsync(next), CancellationToken.None);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whoever asks for the job is told.")]
    private async Task RunAsync(Entry entry)
    {
        SegueJob ended;
        try
        {
            var result = await entry.Order.Work(new Steps(this, entry), entry.Token).ConfigureAwait(false);
            ended = Read(entry) with { State = SegueJobState.Done, Result = result };
            ended = ended with { Step = ended.Step with { Fraction = 1 } };
        }
        catch (Exception e) when (entry.Token.IsCancellationRequested && (e is OperationCanceledException || EngineClosed.Caused(e)))
        {
            ended = Read(entry) with { State = SegueJobState.Cancelled };
        }
        catch (Exception e)
        {
            _logger.LogWarning(e, "{Kind} of {Subject} failed", entry.Order.Kind, entry.Order.Subject);
            ended = Read(entry) with { State = SegueJobState.Failed, Failure = e };
        }

        lock (_gate)
        {
            End(entry, ended);
            BeginNext(entry.Order.Kind);
        }
    }

    private SegueJob Read(Entry entry)
    {
        lock (_gate)
        {
            return entry.Job;
        }
    }

    private void End(Entry entry, SegueJob ended) => entry.End(ended with { EndedAt = _time.GetUtcNow() });

    private void Advance(Entry entry, SegueJobStep step)
    {
        lock (_gate)
        {
            if (entry.Job.State == SegueJobState.Running)
            {
                var fraction = double.IsNaN(step.Fraction) ? 0 : Math.Clamp(step.Fraction, 0, 1);
                entry.Job = entry.Job with { Step = step with { Fraction = fraction } };
            }
        }
    }

    private void Forget()
    {
        var now = _time.GetUtcNow();
        _entries.RemoveAll(entry => entry.Job.EndedAt is { } ended && now - ended >= Kept);
        var ended = _entries.Where(entry => !entry.Job.IsUnderWay).OrderBy(entry => entry.Job.EndedAt).Take(Math.Max(0, _entries.Count - MaxKept)).ToHashSet();
        _entries.RemoveAll(ended.Contains);
    }

    /// <summary>A job that somebody asked for. The lock guards what changes of it.</summary>
    private sealed class Entry : IDisposable
    {
        private readonly CancellationTokenSource _cancel;

        public Entry(SegueJobOrder order, DateTimeOffset now, CancellationToken stopping)
        {
            _cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            Token = _cancel.Token;
            Order = order;
            Job = new SegueJob
            {
                Id = Guid.NewGuid(),
                Kind = order.Kind,
                Subject = order.Subject,
                Owner = order.Owner,
                State = SegueJobState.Waiting,
                StartedAt = now,
            };
        }

        public SegueJobOrder Order { get; }

        public CancellationToken Token { get; }

        public SegueJob Job { get; set; }

        public Task Running { get; set; } = Task.CompletedTask;

        public bool IsCalledOff => Token.IsCancellationRequested;

        public bool IsFor(SegueJobOrder order) =>
            Order.Kind == order.Kind && Order.Owner.Equals(order.Owner) && string.Equals(Order.Subject, order.Subject, StringComparison.Ordinal);

        public void End(SegueJob ended)
        {
            Job = ended;
            Dispose();
        }

        public void CallOff()
        {
            try
            {
                _cancel.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has ended meanwhile.
            }
        }

        public void Dispose() => _cancel.Dispose();
    }

    private sealed class Steps(SegueJobs jobs, Entry entry) : IProgress<SegueJobStep>
    {
        public void Report(SegueJobStep value) => jobs.Advance(entry, value);
    }
}
