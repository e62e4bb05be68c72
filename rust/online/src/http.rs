//! One request with a JSON body, and its answer: within bounds of time and size, and never to another host than asked.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ureq::http::Uri;
use ureq::http::header::{HeaderMap, LOCATION, RETRY_AFTER};

/// A name is short: what is larger is something else.
const MOST_BYTES: u64 = 1 << 20;
const MOST_REDIRECTS: u32 = 3;
/// How often a caller is asked whether to go on.
pub(crate) const ASKED_EVERY: Duration = Duration::from_millis(50);
/// How long a connection may take to come about.
pub(crate) const CONNECT: Duration = Duration::from_secs(15);

/// What is to be sent.
pub(crate) struct Request {
    pub(crate) url: Uri,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// For everything together.
    pub(crate) timeout: Duration,
}

/// What came back, whatever the status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// How long the server wants to be left alone.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum Failure {
    Cancelled,
    /// May go better the next time.
    Passing(String),
    /// Will not.
    Lasting(String),
}

/// The address, if it is one that may be asked; else why not.
pub(crate) fn address(url: &str) -> Result<Uri, &'static str> {
    let url: Uri = url.trim().parse().map_err(|_| "it is no address")?;
    match url.scheme_str() {
        Some("http" | "https") => {}
        _ => return Err("it must begin with http:// or https://"),
    }
    match url.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            Err("it holds a user or a password; keys have a setting of their own")
        }
        Some(authority) if !authority.host().is_empty() => Ok(url),
        _ => Err("it names no host"),
    }
}

/// An address without what may be secret in it.
pub(crate) fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// Sends, and waits for the answer.
///
/// The waiting is done on a thread of its own, because a blocked read cannot be called off: after a cancel this returns at
/// once, and that thread ends by itself, at the latest when the time is up.
pub(crate) fn post(request: Request, cancelled: &dyn Fn() -> bool) -> Result<Answer, Failure> {
    if cancelled() {
        return Err(Failure::Cancelled);
    }
    // Name resolution may take longer than it should.
    let deadline = Instant::now() + request.timeout + Duration::from_secs(1);
    let (sender, receiver) = channel();
    let started = std::thread::Builder::new().name("segue-online".to_owned()).spawn(move || {
        // Nobody waits any more after a cancel.
        let _ = sender.send(exchange(&request));
    });
    started.map_err(|error| Failure::Lasting(format!("no thread could be started: {error}")))?;
    loop {
        match receiver.recv_timeout(ASKED_EVERY) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::Lasting("the request broke off".to_owned())),
            Err(RecvTimeoutError::Timeout) if cancelled() => return Err(Failure::Cancelled),
            Err(RecvTimeoutError::Timeout) if Instant::now() >= deadline => return Err(timed_out()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Waits until then; `false` when it was cancelled meanwhile.
pub(crate) fn wait_until(then: Instant, cancelled: &dyn Fn() -> bool) -> bool {
    loop {
        if cancelled() {
            return false;
        }
        let left = then.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        std::thread::sleep(left.min(ASKED_EVERY));
    }
}

fn exchange(request: &Request) -> Result<Answer, Failure> {
    let until = Instant::now() + request.timeout;
    let mut url = request.url.clone();
    for _ in 0..=MOST_REDIRECTS {
        let mut response = send(request, &url, until.saturating_duration_since(Instant::now()))?;
        let status = response.status().as_u16();
        if let (301 | 302 | 307 | 308, Some(location)) = (status, response.headers().get(LOCATION)) {
            url = redirected(&url, location.to_str().unwrap_or_default())?;
            continue;
        }
        let retry_after = retry_after(response.headers());
        let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(failure)?;
        return Ok(Answer { status, retry_after, body });
    }
    Err(Failure::Lasting(format!("it redirects more than {MOST_REDIRECTS} times")))
}

fn send(request: &Request, url: &Uri, timeout: Duration) -> Result<ureq::http::Response<ureq::Body>, Failure> {
    if timeout.is_zero() {
        return Err(timed_out());
    }
    let mut config = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .timeout_connect(Some(CONNECT.min(timeout)))
        // Followed here, so that a key goes to no other host.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("Segue/", env!("CARGO_PKG_VERSION")));
    if is_local(url) {
        // A server's proxy cannot reach what runs beside us.
        config = config.proxy(None);
    }
    let agent = config.build().new_agent();
    let mut call = agent.post(url).header("content-type", "application/json").header("accept", "application/json");
    for (name, value) in &request.headers {
        call = call.header(*name, value);
    }
    call.send(&request.body[..]).map_err(failure)
}

pub(crate) fn is_local(url: &Uri) -> bool {
    let host = url.host().unwrap_or_default();
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}

fn timed_out() -> Failure {
    Failure::Lasting("it did not answer in time".to_owned())
}

fn failure(error: ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(_) => timed_out(),
        ureq::Error::BodyExceedsLimit(_) => Failure::Lasting(format!("its answer is larger than {MOST_BYTES} bytes")),
        ureq::Error::HostNotFound => Failure::Lasting("no such host".to_owned()),
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Failure::Passing("nothing listens there".to_owned())
        }
        ureq::Error::Io(error) => Failure::Passing(format!("the connection broke off ({})", error.kind())),
        ureq::Error::ConnectionFailed => Failure::Passing("no connection came about".to_owned()),
        ureq::Error::Protocol(_) => Failure::Passing("it does not speak HTTP".to_owned()),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Failure::Lasting("no secure connection came about".to_owned()),
        // Other messages may quote the request, and that holds the key.
        _ => Failure::Lasting("the request could not be made".to_owned()),
    }
}

/// Where a redirect leads, if to the same host and not out of encryption.
fn redirected(from: &Uri, location: &str) -> Result<Uri, Failure> {
    let refused = |why: &str| Err(Failure::Lasting(format!("it redirects {why}; set the address that it names")));
    let to = if location.starts_with('/') && !location.starts_with("//") {
        let authority = from.authority().map(|authority| authority.as_str()).unwrap_or_default();
        format!("{}://{authority}{location}", from.scheme_str().unwrap_or_default())
    } else {
        location.to_owned()
    };
    let Ok(to) = address(&to) else { return refused("to something that is no address") };
    let secure = |url: &Uri| url.scheme_str() == Some("https");
    let port = |url: &Uri| url.port_u16().unwrap_or(if secure(url) { 443 } else { 80 });
    let same_host = from.host().unwrap_or_default().eq_ignore_ascii_case(to.host().unwrap_or_default());
    let upgrade = !secure(from) && secure(&to) && port(&to) == 443;
    if !same_host || (port(from) != port(&to) && !upgrade) {
        return refused("to another host");
    }
    if secure(from) && !secure(&to) {
        return refused("to an address without encryption");
    }
    Ok(to)
}

/// Seconds, or a date (RFC 9110 §10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = UNIX_EPOCH + Duration::from_secs(http_date(value)?);
    Some(then.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: u64 = words.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as u64;
    let year: u64 = words.next()?.parse().ok().filter(|year| (1970..=9999).contains(year))?;
    let mut clock = words.next()?.split(':').map(|part| part.parse::<u64>().ok().filter(|part| *part <= 60));
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next()??);
    // Years begin in March, so that the leap day is the last (Richards 2013).
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some((days.checked_sub(719_468)?) * 86_400 + hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_with_a_host_and_without_a_password_are_asked() {
        assert!(address("http://localhost:11434/api").is_ok() && address(" https://example.org ").is_ok());
        for bad in
            ["", "localhost:11434", "ftp://example.org", "file:///etc/passwd", "http://", "http://me:pw@host/", "/a"]
        {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_shown_without_secrets() {
        assert_eq!(shown("https://example.org/v1?key=abc#x"), "https://example.org/v1");
        assert_eq!(shown("https://me:secret@example.org/v1"), "https://example.org/v1");
        assert_eq!(shown("http://nas/a@b"), "http://nas/a@b");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn redirects_stay_on_their_host_and_encrypted() {
        let to = |from: &str, to: &str| redirected(&from.parse().unwrap(), to).map(|url| url.to_string()).ok();
        assert_eq!(to("http://a.org/x", "/y"), Some("http://a.org/y".to_owned()));
        assert!(to("http://a.org/x", "https://A.org/x").is_some());
        assert_eq!(to("https://a.org/x", "http://a.org/x"), None);
        assert_eq!(to("https://a.org/x", "https://b.org/x"), None);
        assert_eq!(to("https://a.org/x", "//b.org/x"), None);
        assert_eq!(to("http://a.org:81/x", "http://a.org:82/x"), None);
        assert_eq!(to("http://a.org/x", "gopher://a.org"), None);
    }

    #[test]
    fn servers_say_how_long_to_wait_in_two_ways() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        for bad in ["", "soon", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994"] {
            assert_eq!(http_date(bad), None);
        }
        let wait = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("-3"), None);
    }

    #[test]
    fn a_wait_ends_when_it_is_cancelled() {
        let soon = Instant::now() + Duration::from_millis(20);
        assert!(wait_until(soon, &|| false) && Instant::now() >= soon);
        assert!(!wait_until(Instant::now() + Duration::from_secs(3600), &|| true));
    }
}
