using Jellyfin.Plugin.Segue.Playback;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playback;

public sealed class DeletedUsersTests
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();

    [Fact]
    public async Task What_was_remembered_of_them_is_forgotten()
    {
        await Consumer().ForgetAsync(Make.Id(7));

        _engine.Received(1).ForgetListener(Make.Name(Make.Id(7)));
    }

    [Fact]
    public async Task An_engine_that_cannot_does_not_keep_the_server_from_deleting()
    {
        _engine.When(engine => engine.ForgetListener(Arg.Any<string>())).Throw(new SegueException(SegueStatus.Store, "locked"));

        Assert.Null(await Record.ExceptionAsync(() => Consumer().ForgetAsync(Make.Id(7))));
    }

    private DeletedUsers Consumer() => new(Make.Provider(_engine), NullLogger<DeletedUsers>.Instance);
}
