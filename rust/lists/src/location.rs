//! Where a track lies: paths of any system, and addresses, in lists and out of them.

use std::path::{Component, Path, PathBuf};

use crate::text::{is_control, percent_decode, percent_encode};

/// A location as M3U and CSV have it: a path, or an address.
pub(crate) fn from_line(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    if text.is_empty() || text.contains(is_control) {
        return None;
    }
    Some(from_file_url(text).unwrap_or_else(|| PathBuf::from(text))).filter(|path| !path.as_os_str().is_empty())
}

/// A location as XSPF and JSPF have it: an address, relative ones percent-encoded too.
pub(crate) fn from_uri(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    if text.is_empty() || text.contains(is_control) {
        return None;
    }
    if let Some(path) = from_file_url(text) {
        return Some(path).filter(|path| !path.as_os_str().is_empty());
    }
    if is_web(text) || has_drive(text) || text.contains('\\') {
        return Some(PathBuf::from(text));
    }
    Some(path_of_bytes(percent_decode(text)))
}

/// `file:///music/a%20b.mp3`, `file://localhost/…`, `file:///C:/…`, `file://server/share/…`.
fn from_file_url(text: &str) -> Option<PathBuf> {
    let (scheme, rest) = text.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let Some(after) = rest.strip_prefix("//") else { return Some(path_of_bytes(percent_decode(rest))) };
    let (host, path) = after.split_at(after.find('/').unwrap_or(after.len()));
    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") && !has_drive(host) {
        let mut share = format!("//{host}").into_bytes();
        share.extend(percent_decode(path));
        return Some(path_of_bytes(share));
    }
    let path = if has_drive(host) { after } else { path };
    let decoded = percent_decode(path);
    // The slash before a drive's letter belongs to the address.
    let drive = decoded
        .get(1..)
        .is_some_and(|rest| matches!(rest, [letter, b':' | b'|', b'/' | b'\\', ..] if letter.is_ascii_alphabetic()));
    Some(path_of_bytes(if drive { decoded.into_iter().skip(1).collect() } else { decoded }))
}

#[cfg(unix)]
fn path_of_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn path_of_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether it is an address with a scheme, such as `https://…` or `spotify:track:…`.
pub(crate) fn is_web(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && (text.contains("://") || ["spotify", "urn", "isrc", "mailto"].contains(&scheme))
    })
}

fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', rest @ ..]
        if letter.is_ascii_alphabetic() && matches!(rest.first(), None | Some(b'/' | b'\\')))
}

/// Whether it begins at a root of any system.
pub(crate) fn is_absolute(text: &str) -> bool {
    text.starts_with(['/', '\\']) || has_drive(text)
}

/// A path of a list as seen from `folder`, the one that the list lies in. What is absolute, or an address, stays.
pub(crate) fn resolve(path: PathBuf, folder: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    if is_absolute(&text) || is_web(&text) {
        return path;
    }
    // A list written on Windows has backslashes; one that has both kinds was written elsewhere.
    if text.contains('\\') && !text.contains('/') {
        return normal(&folder.join(text.replace('\\', "/")));
    }
    normal(&folder.join(&path))
}

/// The path without `.` and with `..` resolved by the letters alone: links are not followed.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match clean.components().next_back() {
                Some(Component::Normal(_)) => {
                    clean.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => clean.push(part),
            },
            _ => clean.push(part),
        }
    }
    clean
}

/// The way from `folder` to `path`, by `..` where needed. `None` where there is none: another drive, or one of the two
/// is not absolute.
pub(crate) fn relative(path: &Path, folder: &Path) -> Option<PathBuf> {
    if !path.is_absolute() || !folder.is_absolute() {
        return None;
    }
    let (path, folder) = (normal(path), normal(folder));
    let (mut to, mut from) = (path.components().peekable(), folder.components().peekable());
    let mut shared = 0;
    while let (Some(a), Some(b)) = (to.peek(), from.peek()) {
        if a != b {
            break;
        }
        shared += 1;
        to.next();
        from.next();
    }
    // Not even the root or drive is the same.
    if shared == 0 {
        return None;
    }
    let mut way = PathBuf::new();
    from.for_each(|_| way.push(Component::ParentDir));
    to.for_each(|part| way.push(part));
    Some(way)
}

/// An address of a path, relative where the path is, with forward slashes and percent-encoding (RFC 8089, RFC 3986).
pub(crate) fn to_uri(path: &Path) -> String {
    let text = path.to_string_lossy();
    if is_web(&text) {
        return text.into_owned();
    }
    let drive = has_drive(&text);
    let windows = cfg!(windows) || drive || text.starts_with("\\\\");
    let bytes = if windows { text.replace('\\', "/").into_bytes() } else { bytes_of(path) };
    if drive {
        // The colon after the letter is part of the address's form.
        let letter = text.get(..1).unwrap_or_default();
        return format!("file:///{letter}:{}", percent_encode(bytes.get(2..).unwrap_or_default()));
    }
    match bytes.as_slice() {
        [b'/', b'/', share @ ..] if windows => format!("file://{}", percent_encode(share)),
        [b'/', ..] => format!("file://{}", percent_encode(&bytes)),
        _ => percent_encode(&bytes),
    }
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

/// The parts of a path of any system, folded for comparing, from the root on; `.` and `..` resolved.
pub(crate) fn folded_parts(path: &Path) -> Vec<String> {
    let text = path.to_string_lossy();
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.into_iter().map(crate::text::fold_name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        from_line(text).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn uri(text: &str) -> String {
        from_uri(text).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
    }

    #[test]
    fn locations_of_all_kinds_are_understood() {
        assert_eq!(line("/music/a b.mp3"), "/music/a b.mp3");
        assert_eq!(line(r" ..\Music\a.mp3 "), r"..\Music\a.mp3");
        assert_eq!(line(r"\\nas\music\a.mp3"), r"\\nas\music\a.mp3");
        assert_eq!(line("file:///music/a%20b%23.mp3"), "/music/a b#.mp3");
        assert_eq!(line("FILE://localhost/music/a.mp3"), "/music/a.mp3");
        assert_eq!(line("file:/music/a.mp3"), "/music/a.mp3");
        assert_eq!(line("file:///C:/Music/%C3%A4.mp3"), "C:/Music/ä.mp3");
        assert_eq!(line("file://C:/Music/a.mp3"), "C:/Music/a.mp3");
        assert_eq!(line("file://nas/music/a.mp3"), "//nas/music/a.mp3");
        assert_eq!(line("https://example.org/a%20b.mp3"), "https://example.org/a%20b.mp3");
        assert_eq!(line("100%25.mp3"), "100%25.mp3");
        assert_eq!(uri("100%25.mp3"), "100%.mp3");
        assert_eq!(uri("../a%20b/c.mp3"), "../a b/c.mp3");
        assert_eq!(uri(r"C:\Music\100%25.mp3"), r"C:\Music\100%25.mp3");
        assert_eq!(line(""), "");
        assert_eq!(line("a\u{1}b"), "");
        assert_eq!(line("file:"), "");
    }

    #[cfg(unix)]
    #[test]
    fn relative_paths_are_seen_from_the_lists_folder() {
        let folder = Path::new("/lists/mine");
        let seen = |text: &str| resolve(PathBuf::from(text), folder).to_string_lossy().into_owned();
        assert_eq!(seen("../../music/./a.mp3"), "/music/a.mp3");
        assert_eq!(seen(r"..\a.mp3"), "/lists/a.mp3");
        assert_eq!(seen("../../../../a.mp3"), "/a.mp3");
        assert_eq!(seen("/music/a.mp3"), "/music/a.mp3");
        assert_eq!(seen(r"D:\a.mp3"), r"D:\a.mp3");
        assert_eq!(seen("https://example.org/a.mp3"), "https://example.org/a.mp3");
    }

    #[cfg(unix)]
    #[test]
    fn the_way_from_a_folder_to_a_file() {
        let way = |path: &str, folder: &str| {
            relative(Path::new(path), Path::new(folder)).map(|way| way.to_string_lossy().into_owned())
        };
        assert_eq!(way("/music/a/b.mp3", "/music").as_deref(), Some("a/b.mp3"));
        assert_eq!(way("/music/a/b.mp3", "/music/lists/x").as_deref(), Some("../../a/b.mp3"));
        assert_eq!(way("/music/b.mp3", "/lists/../music/").as_deref(), Some("b.mp3"));
        assert_eq!(way("/music/b.mp3", "/users/me").as_deref(), Some("../../music/b.mp3"));
        assert_eq!(way("music/b.mp3", "/music"), None);
        assert_eq!(way("/music/b.mp3", "lists"), None);
    }

    #[cfg(unix)]
    #[test]
    fn addresses_of_paths_come_back_as_the_paths() {
        use std::os::unix::ffi::OsStrExt as _;
        assert_eq!(to_uri(Path::new("/a b/ä#?.mp3")), "file:///a%20b/%C3%A4%23%3F.mp3");
        assert_eq!(to_uri(Path::new(r"C:\Music\a b.mp3")), "file:///C:/Music/a%20b.mp3");
        assert_eq!(to_uri(Path::new(r"\\nas\music\a.mp3")), "file://nas/music/a.mp3");
        assert_eq!(to_uri(Path::new("../01: a.mp3")), "../01%3A%20a.mp3");
        for path in ["/a b/ä#?%41.mp3", "../x/y:z.mp3", "/new\\slash.mp3", "a+b&c.mp3"] {
            assert_eq!(from_uri(&to_uri(Path::new(path))).as_deref(), Some(Path::new(path)));
        }
        let odd = Path::new(std::ffi::OsStr::from_bytes(b"/music/\xff\xfe.mp3"));
        assert_eq!(from_uri(&to_uri(odd)).as_deref(), Some(odd));
    }

    #[test]
    fn parts_compare_whatever_system_wrote_them() {
        let windows = folded_parts(Path::new(r"D:\Music\Björk\..\BJÖRK\01 Hunter.MP3"));
        let unix = folded_parts(Path::new("/srv/music/bjo\u{308}rk/01 hunter.mp3"));
        assert_eq!(windows.get(1..), unix.get(1..));
    }
}
