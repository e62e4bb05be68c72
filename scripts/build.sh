# shellcheck shell=bash
# build, bindings, package. Sourced by build.sh.

# Always both together: cargo chooses the features of shared dependencies by what is built at once, and each choice is a
# build of its own.
build_rust() {
  need_cargo
  heading "segue and $(native_library)"
  cargo build --release --locked -p segue-cli -p segue-ffi
}

build_dotnet() {
  heading "bindings and plugin"
  dotnet build plugin/Jellyfin.Plugin.Segue -c Release --nologo -v quiet
}

build_all() {
  build_rust
  fetch_onnxruntime
  if want_dotnet; then
    build_dotnet
  elif dotnet_promised; then
    exit 1
  fi
  remark "built: $(built segue), $(built "$(native_library)")"
}

write_bindings() {
  need_cargo
  mkdir -p "$1"
  # With the choice of features that the tests make.
  cargo build --quiet --locked --workspace --features segue-ffi/bindgen --bin segue-bindgen
  "$(target_dir)/debug/segue-bindgen" "$1"
}

# The plugin's zip, once per Jellyfin line. Expects build_all to have run.
package() {
  want_dotnet || die "the plugin cannot be packaged without a .NET SDK."
  heading "package"
  local version line framework
  version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
  # A Jellyfin 12 server sees both entries and takes the higher version: the line is the fourth part.
  for line in 12:net10.0 11:net9.0; do
    framework=${line#*:}
    rm -rf "$cache/package/$framework"
    # The assembly's version must be the one of the catalogue.
    dotnet build plugin/Jellyfin.Plugin.Segue -c Release --nologo -v quiet -f "$framework" \
      -p:Version="$version.${line%:*}" -p:ContinuousIntegrationBuild=true -o "$cache/package/$framework"
  done
  python3 scripts/package.py --version "$version" --native "$(built "$(native_library)")" \
    --onnxruntime "${ORT_DYLIB_PATH:-}" --plugins "$cache/package" --out dist
}
