using System.Net;
using Jellyfin.Plugin.Segue.Api;
using Jellyfin.Plugin.Segue.Jobs;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueModelsControllerTests : SegueServer
{
    private static readonly Pack Clap = new()
    {
        Name = "clap",
        Title = "CLAP",
        About = "Words and sound.",
        Enables = ["Search by sound."],
        Licence = "Apache-2.0",
        LicenceUrl = new Uri("https://example.org/licence"),
        Terms = "Keep the notice.",
        Source = "Somebody",
        Bytes = 7,
        MemoryBytes = 8,
        Fetched = true,
        Folder = "/models/clap",
        Files = [new PackFile("a.onnx", new Uri("https://example.org/a.onnx"), 7, "00", 3)],
        State = PackState.Partial,
        Detail = "Half of it is there.",
        Songs = 9,
    };

    private readonly TaskCompletionSource<Pack> _installed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IProgress<PackProgress>? _progress;

    public SegueModelsControllerTests()
    {
        Engine.GetPacks().Returns([Clap, Clap with { Name = "heads", Licence = "CC-BY-NC-SA-4.0", Fetched = false }]);
        Engine.InstallPackAsync(default!, default!, default, default).ReturnsForAnyArgs(call =>
        {
            _progress = call.Arg<IProgress<PackProgress>?>();
            return _installed.Task.WaitAsync(call.Arg<CancellationToken>());
        });
        Engine.RemovePack("clap").Returns(Clap with { State = PackState.Absent });
    }

    [Fact]
    public async Task Everything_that_a_person_has_to_know_is_told()
    {
        using var response = await AsAnn(HttpMethod.Get, "Segue/Models");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith(
            """[{"Name":"clap","Title":"CLAP","About":"Words and sound.","Enables":["Search by sound."],"Licence":"Apache-2.0","LicenceUrl":"https://example.org/licence","Terms":"Keep the notice.","Source":"Somebody","Bytes":7,"MemoryBytes":8,"Fetched":true,"Folder":"/models/clap","Files":[{"Name":"a.onnx","Url":"https://example.org/a.onnx","Bytes":7,"Sha256":"00","Present":3}],"State":"Partial","Detail":"Half of it is there.","Songs":9},""",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_installation_is_a_job_that_is_watched()
    {
        using var begun = await AsAnn(HttpMethod.Post, "Segue/Models/clap/Install", Json(new { Accept = "Apache-2.0" }));
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var job = Assert.Single(await Read<List<SegueJobDto>>(AsAnn(HttpMethod.Get, "Segue/Jobs")));
        Assert.Equal((SegueJobKind.PackInstallation, "clap", string.Empty), (job.Kind, job.Subject, job.Problem));
        while (_progress is null)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        foreach (var (now, progress, step) in new[]
        {
            (new PackProgress { Step = PackStep.Fetching, File = "a.onnx", Done = 1, Total = 2 }, 0.45, "Fetching a.onnx"),
            (new PackProgress { Step = PackStep.Fetching, File = "a.onnx", Done = 5 }, 0, "Fetching a.onnx"),
            (new PackProgress { Step = PackStep.Checking, File = "a.onnx", Done = 9, Total = 2 }, 0.99, "Checking a.onnx"),
            (new PackProgress { Step = PackStep.Placing }, 0.99, "Putting it in place"),
        })
        {
            _progress.Report(now);
            job = await Read<SegueJobDto>(AsAnn(HttpMethod.Get, $"Segue/Jobs/{job.Id}"));
            Assert.Equal((SegueJobState.Running, step), (job.State, job.Step));
            Assert.Equal(progress, job.Progress, 6);
        }

        await ReadProblem(AsAnn(HttpMethod.Delete, "Segue/Models/clap"), HttpStatusCode.Conflict);
        _installed.SetResult(Clap);
        Assert.Equal((SegueJobState.Done, 1.0), ((job = await End(job.Id)).State, job.Progress));
        await Engine.Received(1).InstallPackAsync("clap", "Apache-2.0", Arg.Any<IProgress<PackProgress>?>(), Arg.Any<CancellationToken>());

        var removed = await Read<SeguePackDto>(AsAnn(HttpMethod.Delete, "Segue/Models/clap"));
        Assert.Equal(PackState.Absent, removed.State);
    }

    [Fact]
    public async Task An_installation_is_called_off_by_who_began_it()
    {
        var job = await Read<SegueJobDto>(AsAnn(HttpMethod.Post, "Segue/Models/clap/Install", Json(new { Accept = "Apache-2.0" })));
        await ReadProblem(AsKey(HttpMethod.Delete, $"Segue/Jobs/{job.Id}"), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Get, $"Segue/Jobs/{job.Id}"), HttpStatusCode.NotFound);
        await Read<SegueJobDto>(AsAnn(HttpMethod.Delete, $"Segue/Jobs/{job.Id}"));
        Assert.Equal(SegueJobState.Cancelled, (await End(job.Id)).State);
    }

    [Fact]
    public async Task Why_an_installation_failed_is_told()
    {
        Engine.InstallPackAsync(default!, default!, default, default).ThrowsAsyncForAnyArgs(new SegueException(SegueStatus.DiskFull, "No room in /models."));
        var job = await Read<SegueJobDto>(AsKey(HttpMethod.Post, "Segue/Models/clap/Install", Json(new { Accept = "Apache-2.0" })));
        job = await End(job.Id, AsKey);
        Assert.Equal((SegueJobState.Failed, "No room in /models."), (job.State, job.Problem));
    }

    [Theory]
    [InlineData("Segue/Models/clap/Install", "MIT", HttpStatusCode.BadRequest)]
    [InlineData("Segue/Models/clap/Install", "apache-2.0", HttpStatusCode.BadRequest)]
    [InlineData("Segue/Models/clap/Install", "", HttpStatusCode.BadRequest)]
    [InlineData("Segue/Models/heads/Install", "CC-BY-NC-SA-4.0", HttpStatusCode.BadRequest)]
    [InlineData("Segue/Models/nothing/Install", "Apache-2.0", HttpStatusCode.NotFound)]
    [InlineData("Segue/Models/CLAP/Install", "Apache-2.0", HttpStatusCode.NotFound)]
    public async Task Nothing_is_fetched_that_was_not_accepted(string route, string accept, HttpStatusCode status)
    {
        await ReadProblem(AsAnn(HttpMethod.Post, route, Json(new { Accept = accept })), status);
        await ReadProblem(AsAnn(HttpMethod.Post, route, Json(new { })), HttpStatusCode.BadRequest);

        await Engine.DidNotReceiveWithAnyArgs().InstallPackAsync(default!, default!, default, default);
    }

    [Fact]
    public async Task What_there_is_not_is_not_removed()
    {
        await ReadProblem(AsAnn(HttpMethod.Delete, "Segue/Models/nothing"), HttpStatusCode.NotFound);
        await ReadProblem(AsAnn(HttpMethod.Delete, "Segue/Models/" + new string('x', 101)), HttpStatusCode.NotFound);

        Engine.DidNotReceiveWithAnyArgs().RemovePack(default!);
    }
}
