using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Segue.Package.Tests;

/// <summary>
/// A set of assemblies as they declare themselves, and the question whether another assembly's references are all there.
/// A reference that is not there shows on a server only when the method that holds it is first compiled, so it is asked here.
/// </summary>
public sealed class DeclaredApi : IDisposable
{
    private readonly List<PEReader> _files = [];
    private readonly Dictionary<string, MetadataReader> _assemblies = new(StringComparer.OrdinalIgnoreCase);

    public DeclaredApi(IEnumerable<byte[]> assemblies)
    {
        foreach (var image in assemblies)
        {
            var file = new PEReader([.. image]);
            _files.Add(file);
            if (!file.HasMetadata)
            {
                continue;
            }

            var reader = file.GetMetadataReader();
            _assemblies[reader.GetString(reader.GetAssemblyDefinition().Name)] = reader;
        }
    }

    public MetadataReader this[string assembly] => _assemblies[assembly];

    /// <summary>
    /// What an assembly refers to and this set does not declare: assemblies (with their version), types, members.
    /// </summary>
    public IReadOnlyList<string> Unresolved(MetadataReader user) =>
    [
        .. user.AssemblyReferences.Select(handle => Missing(user, user.GetAssemblyReference(handle))).OfType<string>(),
        .. user.TypeReferences.Where(handle => Resolve(user, handle) is null).Select(handle => Signatures.Name(user, handle)),
        .. user.MemberReferences.Select(handle => Missing(user, user.GetMemberReference(handle))).OfType<string>(),
    ];

    public void Dispose() => _files.ForEach(file => file.Dispose());

    /// <summary>
    /// A server takes a reference when its own assembly is as new as the one that the plugin was built against, or newer.
    /// </summary>
    private string? Missing(MetadataReader user, AssemblyReference reference)
    {
        var name = user.GetString(reference.Name);
        var there = _assemblies.TryGetValue(name, out var assembly) && assembly.GetAssemblyDefinition().Version >= reference.Version;
        return there ? null : $"assembly {name} {reference.Version}";
    }

    private string? Missing(MetadataReader user, MemberReference member)
    {
        var name = user.GetString(member.Name);
        var isField = member.GetKind() == MemberReferenceKind.Field;
        var signature = isField
            ? member.DecodeFieldSignature(Signatures.Instance, null)
            : Signatures.Text(member.DecodeMethodSignature(Signatures.Instance, null));
        switch (member.Parent.Kind)
        {
            case HandleKind.TypeSpecification when Signatures.GenericDefinition(user, member.Parent) is null:
                // An array's own methods, which the runtime makes up.
                return null;
            case HandleKind.TypeReference or HandleKind.TypeSpecification or HandleKind.TypeDefinition:
                break;
            default:
                throw new NotSupportedException($"a member of a {member.Parent.Kind} is nothing that C# writes");
        }

        for (var type = ResolveAny(user, member.Parent); type is not null; type = BaseOf(type))
        {
            if (isField ? HasField(type, name, signature) : HasMethod(type, name, signature))
            {
                return null;
            }
        }

        return $"{Signatures.Name(user, member.Parent)}::{name} {signature}";
    }

    private static bool HasField(ResolvedType type, string name, string signature) =>
        type.Definition.GetFields().Select(type.Reader.GetFieldDefinition).Any(field =>
            type.Reader.StringComparer.Equals(field.Name, name)
            && field.DecodeSignature(Signatures.Instance, null) == signature);

    private static bool HasMethod(ResolvedType type, string name, string signature) =>
        type.Definition.GetMethods().Select(type.Reader.GetMethodDefinition).Any(method =>
            type.Reader.StringComparer.Equals(method.Name, name)
            && Signatures.Text(method.DecodeSignature(Signatures.Instance, null)) == signature);

    private ResolvedType? BaseOf(ResolvedType type) =>
        type.Definition.BaseType.IsNil ? null : ResolveAny(type.Reader, type.Definition.BaseType);

    private ResolvedType? ResolveAny(MetadataReader reader, EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeDefinition => new ResolvedType(reader, reader.GetTypeDefinition((TypeDefinitionHandle)type)),
        HandleKind.TypeReference => Resolve(reader, (TypeReferenceHandle)type),
        _ => Signatures.GenericDefinition(reader, type) is { } definition ? ResolveAny(reader, definition) : null,
    };

    private ResolvedType? Resolve(MetadataReader user, TypeReferenceHandle handle)
    {
        var reference = user.GetTypeReference(handle);
        var name = user.GetString(reference.Name);
        switch (reference.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                var outer = Resolve(user, (TypeReferenceHandle)reference.ResolutionScope);
                var nested = outer?.Definition.GetNestedTypes().FirstOrDefault(candidate =>
                    outer.Reader.StringComparer.Equals(outer.Reader.GetTypeDefinition(candidate).Name, name)) ?? default;
                return outer is null || nested.IsNil ? null : new ResolvedType(outer.Reader, outer.Reader.GetTypeDefinition(nested));
            case HandleKind.AssemblyReference:
                var assembly = user.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope);
                return Find(user.GetString(assembly.Name), user.GetString(reference.Namespace), name);
            default:
                throw new NotSupportedException($"a type of a {reference.ResolutionScope.Kind} is nothing that C# writes");
        }
    }

    /// <summary>
    /// A type by name, through forwarders if it has moved.
    /// </summary>
    private ResolvedType? Find(string assembly, string space, string name)
    {
        if (!_assemblies.TryGetValue(assembly, out var reader))
        {
            return null;
        }

        foreach (var definition in reader.TypeDefinitions.Select(reader.GetTypeDefinition))
        {
            if (!definition.IsNested && reader.StringComparer.Equals(definition.Name, name) && reader.StringComparer.Equals(definition.Namespace, space))
            {
                return new ResolvedType(reader, definition);
            }
        }

        foreach (var exported in reader.ExportedTypes.Select(reader.GetExportedType))
        {
            if (exported.Implementation.Kind == HandleKind.AssemblyReference
                && reader.StringComparer.Equals(exported.Name, name) && reader.StringComparer.Equals(exported.Namespace, space))
            {
                var target = reader.GetAssemblyReference((AssemblyReferenceHandle)exported.Implementation);
                return Find(reader.GetString(target.Name), space, name);
            }
        }

        return null;
    }

    private sealed record ResolvedType(MetadataReader Reader, TypeDefinition Definition);
}
