using System.Runtime.InteropServices;
using Segue.Native.Generated;

namespace Segue.Native;

/// <summary>
/// Owns an open engine. Each call holds it for as long as it runs; the engine is freed when it was disposed and the last call has ended,
/// or when nobody refers to it any more.
/// </summary>
/// <remarks>The native side names engines by numbers, so the handle is no address: used wrongly it is answered with a status.</remarks>
internal sealed class EngineHandle : SafeHandle
{
    public EngineHandle(ulong engine)
        : base(0, ownsHandle: true) => SetHandle((nint)engine);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Takes hold of the engine for one call.</summary>
    /// <exception cref="ObjectDisposedException">The engine is closed.</exception>
    public Hold Take() => new(this);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Interop.segue_free((ulong)handle).IsOk;

    /// <summary>A call's hold on the engine.</summary>
    internal readonly ref struct Hold
    {
        private readonly EngineHandle _owner;

        public Hold(EngineHandle owner)
        {
            var held = false;
            owner.DangerousAddRef(ref held);
            _owner = owner;
        }

        public ulong Engine => (ulong)_owner.handle;

        public void Dispose() => _owner.DangerousRelease();
    }
}
