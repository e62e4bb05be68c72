# What build.sh does, for Windows: build | demo [FOLDER] | test | bench | bindings | package.
#
# UNTRIED: it was written where no PowerShell was at hand, and has not been run yet. It needs PowerShell 7, Rust (MSVC) and,
# for ONNX Runtime and the packages, Python 3 with pip; for bindings and plugin a .NET SDK 10 or newer.
param(
    [Parameter(Position = 0)][ValidateSet('build', 'demo', 'test', 'bench', 'bindings', 'package')][string] $Verb,
    [Parameter(Position = 1)][string] $Folder
)

$ErrorActionPreference = 'Stop'
# A program that ends with an error ends the script, as `set -e` does.
$PSNativeCommandUseErrorActionPreference = $true
Set-Location $PSScriptRoot

$Cache = Join-Path $PSScriptRoot '.cache'
$env:SEGUE_MODELS = Join-Path $PSScriptRoot 'models'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_CLI_UI_LANGUAGE = 'en'
$env:MSBUILDDISABLENODEREUSE = '1'
$env:UseSharedCompilation = 'false'

$script:Passed = 0
$script:Failed = 0

function Write-Heading([string] $Text) { Write-Host "`n== $Text" }

function Write-Remark([string] $Text) { [Console]::Error.WriteLine("build.ps1: $Text") }

function Get-Built([string] $Name) {
    $metadata = cargo metadata --no-deps --format-version 1 | ConvertFrom-Json
    Join-Path $metadata.target_directory "release/$Name"
}

function Get-PackageVersion {
    $text = Get-Content Cargo.toml -Raw
    if ($text -notmatch '(?s)\[workspace\.package\].*?\nversion = "([^"]+)"') { throw 'Cargo.toml states no version.' }
    $Matches[1]
}

# True with a .NET SDK. Without one: false, said; a failure where one was promised.
function Test-Dotnet {
    if ((Get-Command dotnet -ErrorAction Ignore) -and (dotnet --list-sdks | Where-Object { $_ -match '^[1-9][0-9]+\.' })) { return $true }
    if ($env:SEGUE_REQUIRE_DOTNET -eq '1') { throw 'No .NET SDK 10 or newer works here, and it was asked for.' }
    Write-Remark 'left out: bindings and plugin. They need a .NET SDK 10 or newer, and there is none.'
    $false
}

# Puts ONNX Runtime into .cache and names it to everything started from here.
function Get-OnnxRuntime {
    if ($env:ORT_DYLIB_PATH) { return }
    try {
        $env:ORT_DYLIB_PATH = python scripts/onnxruntime.py (Join-Path $Cache 'onnxruntime')
    }
    catch {
        if ($env:CI -eq 'true') { throw }
        Write-Remark 'ONNX Runtime could not be had; the slower pure Rust backend serves instead.'
    }
}

function Build-Rust { Write-Heading 'segue and segue_native'; cargo build --release --locked -p segue-cli -p segue-ffi }

function Build-All {
    Build-Rust
    Get-OnnxRuntime
    if (Test-Dotnet) {
        Write-Heading 'bindings and plugin'
        dotnet build plugin/Jellyfin.Plugin.Segue -c Release --nologo -v quiet
    }
}

function New-Package {
    if (-not (Test-Dotnet)) { throw 'The plugin cannot be packaged without a .NET SDK.' }
    Write-Heading 'package'
    $version = Get-PackageVersion
    foreach ($line in @(@('12', 'net10.0'), @('11', 'net9.0'))) {
        $out = Join-Path $Cache "package/$($line[1])"
        Remove-Item -Recurse -Force -ErrorAction Ignore $out
        dotnet build plugin/Jellyfin.Plugin.Segue -c Release --nologo -v quiet -f $line[1] "-p:Version=$version.$($line[0])" -p:ContinuousIntegrationBuild=true -o $out
    }
    python scripts/package.py --version $version --native (Get-Built 'segue_native.dll') "--onnxruntime=$env:ORT_DYLIB_PATH" --plugins (Join-Path $Cache 'package') --out dist
}

# There is no package of free music to be had here: without a folder, the demo listens to synthesised pieces.
function Start-Demo([string] $Music) {
    Build-Rust
    $segue = Get-Built 'segue.exe'
    Get-OnnxRuntime
    if (-not $Music) {
        $Music = Join-Path $Cache 'synthesised'
        $null = New-Item -ItemType Directory -Force $Cache
        rustc --edition 2024 -O rust/cli/examples/synthesise.rs -o (Join-Path $Cache 'synthesise.exe')
        & (Join-Path $Cache 'synthesise.exe') $Music
    }
    $Music = (Resolve-Path $Music).Path
    $demo = New-Item -ItemType Directory -Force (Join-Path $Cache 'demo')
    # One store per folder, so that the second demo of a folder has nothing left to listen to.
    $digest = [Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($Music))
    $store = Join-Path $demo "$([Convert]::ToHexString($digest).Substring(0, 12)).db"

    Write-Heading "Listening to $Music"
    & $segue analyse $Music --store $store
    Write-Heading 'What was heard'
    & $segue tracks --store $store
    $songs = @(& $segue tracks --store $store --json | ForEach-Object { ($_ | ConvertFrom-Json -AsHashtable).song_id })
    if ($songs.Count -eq 0) { throw "There is no music in $Music" }
    $seed = $songs[[math]::Floor(($songs.Count - 1) / 2)]
    Write-Heading 'Near one of them'
    & $segue similar --store $store $seed -k 8
    Write-Heading 'A mix from there'
    & $segue mix --store $store --seed $seed -n 10 --m3u (Join-Path $demo 'mix.m3u')
    Write-Heading 'Playlists'
    & $segue playlists --store $store --m3u (Join-Path $demo 'playlists')
    Write-Heading 'Done'
    & $segue stats --store $store
}

# Runs a step; a failure is counted and the run goes on, so that one report holds everything.
function Invoke-Check([string] $Title, [scriptblock] $Step) {
    Write-Heading $Title
    try { & $Step } catch { $script:Failed++; Write-Remark "FAILED: $Title ($_)" }
}

# Runs tests and sums what the runner says; a runner that ends badly without naming a failed test died: a failure too.
function Invoke-Tests([string] $Title, [string] $PassedPattern, [string] $FailedPattern, [scriptblock] $Runner) {
    Write-Heading $Title
    $PSNativeCommandUseErrorActionPreference = $false
    $lines = @(& $Runner 2>&1 | ForEach-Object { Write-Host $_; "$_" })
    $status = $LASTEXITCODE
    $ok = 0
    $bad = 0
    foreach ($line in $lines) {
        if ($line -match $PassedPattern) { $ok += [int]$Matches[1] }
        if ($line -match $FailedPattern) { $bad += [int]$Matches[1] }
    }
    if (($status -ne 0 -and $bad -eq 0) -or ($ok + $bad -eq 0)) { $bad = 1 }
    $script:Passed += $ok
    $script:Failed += $bad
}

function Invoke-DotnetTests([string] $Project) {
    Invoke-Tests $Project '^\s*(?:Passed|Failed)! +- .* Passed: +(\d+)' '^\s*(?:Passed|Failed)! +- Failed: +(\d+)' { dotnet test $Project -c Release --nologo -tl:off }
}

function Start-Tests {
    Get-OnnxRuntime
    Invoke-Check 'Formatting' { cargo fmt --all -- --check }
    Invoke-Check 'Lints' { cargo clippy --locked --workspace --all-targets --features segue-ffi/bindgen -- -D warnings }
    Invoke-Tests 'Rust tests' '^test result:.* (\d+) passed' '^test result:.* (\d+) failed' {
        cargo test --locked --workspace --features segue-ffi/bindgen --no-fail-fast
    }
    Invoke-Check 'Release build' { Build-Rust }
    if (Test-Dotnet) {
        $env:SegueNativeLibrary = Get-Built 'segue_native.dll'
        Invoke-DotnetTests 'bindings/Segue.Native.Tests'
        Invoke-DotnetTests 'plugin/Jellyfin.Plugin.Segue.Tests'
        Invoke-Check 'Package' { New-Package }
        Invoke-DotnetTests 'tests/package/Segue.Package.Tests'
    }
    Write-Host "$script:Passed passed, $script:Failed failed"
    if ($script:Failed -gt 0) { exit 1 }
}

switch ($Verb) {
    'build' { Build-All }
    'demo' { Start-Demo $Folder }
    'test' { Start-Tests }
    'bench' {
        Build-Rust
        Get-OnnxRuntime
        if (-not $Folder) { throw 'Name a folder with music to measure with: build.ps1 bench FOLDER' }
        python scripts/bench.py (Get-Built 'segue.exe') $Folder docs/bench
    }
    'bindings' { cargo run --quiet --locked -p segue-ffi --features bindgen --bin segue-bindgen -- bindings/Segue.Native/Generated }
    'package' { Build-All; New-Package }
    default { Write-Host 'usage: ./build.ps1 build | demo [FOLDER] | test | bench FOLDER | bindings | package'; exit 2 }
}
