//! Names of playlists.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use segue_online::{Error, NamingService, Policy, Provider, Traits};
use serde_json::{Value, json};

use crate::server::{Act, Server, after, answer, key, stalls};

const NAME: &str = "Midnight Piano Dreams";

fn says(name: &str) -> Act {
    answer("200 OK", "", json!({ "response": name }).to_string())
}

fn service(server: &Server, provider: Provider) -> NamingService {
    let mut service = NamingService::new(provider);
    service.url = server.url.clone();
    service.delay = Duration::ZERO;
    service.timeout = Duration::from_secs(20);
    service
}

fn traits() -> Traits {
    Traits {
        words: vec!["Piano".to_owned(), "Calm".to_owned()],
        tempo: "slow".to_owned(),
        energy: "low".to_owned(),
        era: "1980s".to_owned(),
        language: "de-AT".to_owned(),
        songs: vec![("Für \"Elise\"\n".to_owned(), "Beethoven".to_owned()); 40],
    }
}

fn ask(service: &NamingService) -> Result<String, Error> {
    service.suggest(Policy::Allowed, &traits(), &|_| false, &|| false)
}

/// What comes of one try.
fn ask_once(acts: Vec<Act>) -> String {
    let server = Server::new(acts);
    let mut service = service(&server, Provider::Ollama);
    service.tries = 1;
    ask(&service).unwrap_err().to_string()
}

#[test]
fn nothing_is_asked_unless_it_is_allowed() {
    let server = Server::new(vec![says(NAME)]);
    let refused = service(&server, Provider::Ollama).suggest(Policy::Off, &traits(), &|_| false, &|| false);
    assert!(matches!(refused, Err(Error::Off { purpose }) if purpose.contains("Ollama")));
    assert_eq!(server.requests(), []);
}

#[test]
fn ollama_gets_what_it_expects() {
    let server = Server::new(vec![says(NAME)]);
    assert_eq!(ask(&service(&server, Provider::Ollama)).unwrap(), NAME);
    let (head, body) = server.requests().remove(0);
    assert!(head.starts_with("POST /api/generate HTTP/1.1\r\n"), "{head}");
    assert!(!head.to_lowercase().contains("authorization"));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&body["model"], &body["stream"]), (&json!("mistral:7b"), &json!(false)));
    assert!(body["system"].as_str().unwrap().contains("in German,"));
    let data: Value = serde_json::from_str(body["prompt"].as_str().unwrap()).unwrap();
    assert_eq!(data["strong_in"], json!(["Piano", "Calm"]));
    assert_eq!((&data["tempo"], &data["energy"], &data["era"]), (&json!("slow"), &json!("low"), &json!("1980s")));
    assert_eq!(data["songs"].as_array().unwrap().len(), 25);
    assert_eq!(data["songs"][0], json!({ "title": "Für \"Elise\"", "artist": "Beethoven" }));
}

#[test]
fn gemini_gets_what_it_expects() {
    let parts = json!({ "candidates": [{ "content": { "parts": [{ "text": format!("{NAME}\n") }] } }] });
    let server = Server::new(vec![answer("200 OK", "content-type: application/json\r\n", parts.to_string())]);
    let mut service = service(&server, Provider::Gemini);
    service.key = Some(key());
    assert_eq!(ask(&service).unwrap(), NAME);
    let (head, body) = server.requests().remove(0);
    assert!(head.starts_with("POST /v1beta/models/gemini-1.5-flash-latest:generateContent HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("x-goog-api-key: sk-very-secret\r\n"));
    assert!(!head.lines().next().unwrap().contains("secret"));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert!(body["systemInstruction"]["parts"][0]["text"].is_string());
    assert_eq!(body["contents"][0]["role"], "user");
    assert!(body["contents"][0]["parts"][0]["text"].as_str().unwrap().contains("Beethoven"));
}

#[test]
fn an_openai_compatible_server_gets_what_it_expects() {
    let choices = json!({ "choices": [{ "message": { "role": "assistant", "content": NAME } }] });
    let server = Server::new(vec![answer("200 OK", "", choices.to_string())]);
    let mut service = service(&server, Provider::OpenAi);
    service.key = Some(key());
    service.model = "local".to_owned();
    assert_eq!(ask(&service).unwrap(), NAME);
    let (head, body) = server.requests().remove(0);
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("authorization: bearer sk-very-secret\r\n"));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["model"], "local");
    assert_eq!((&body["messages"][0]["role"], &body["messages"][1]["role"]), (&json!("system"), &json!("user")));
}

#[test]
fn an_answer_that_will_not_do_is_asked_for_again_with_the_reason() {
    let server =
        Server::new(vec![says("Short"), says("I'm sorry, I cannot do that"), says("\"Midnight Piano Dreams\"")]);
    assert_eq!(ask(&service(&server, Provider::Ollama)).unwrap(), NAME);
    let requests = server.requests();
    let reason = |index: usize| -> Value {
        let body: Value = serde_json::from_str(&requests[index].1).unwrap();
        serde_json::from_str::<Value>(body["prompt"].as_str().unwrap()).unwrap()["last_answer_was_refused_because"]
            .clone()
    };
    assert_eq!((requests.len(), reason(0)), (3, Value::Null));
    assert!(reason(1).as_str().unwrap().contains("5 characters") && reason(2).as_str().unwrap().contains("no name"));
}

#[test]
fn tries_end_and_the_error_says_why() {
    let server = Server::new(vec![says(NAME), says(NAME), says(NAME), says("One more than was asked for")]);
    let service = service(&server, Provider::Ollama);
    let error = service.suggest(Policy::Allowed, &traits(), &|name| name == NAME, &|| false).unwrap_err();
    assert!(error.to_string().contains("is the name of another playlist already") && !error.lasts(), "{error}");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn servers_that_answer_nonsense_are_told_apart() {
    for (act, said) in [
        (answer("200 OK", "", ""), "the answer is empty"),
        (
            answer("200 OK", "content-type: text/html\r\n", "<!DOCTYPE html><p>Log in</p>"),
            "not JSON; it begins with \"<!DOCTYPE",
        ),
        (answer("200 OK", "", "{\"response\": \"Midni"), "not JSON"),
        (answer("200 OK", "", "{\"done\": true}"), "no text"),
        (answer("200 OK", "", vec![b'x'; 3 << 20]), "larger than"),
        (says("静かな夜のピアノ曲を集めたプレイリスト"), "not ASCII"),
        (says(""), "it was empty"),
        (answer("500 Internal Server Error", "", "boom"), "status 500"),
        (answer("404 Not Found", "", "{\"error\": \"model 'x' not found\"}"), "status 404: model 'x' not found"),
        (answer("429 Too Many Requests", "retry-after: 3600\r\n", "{}"), "left alone for 3600 s"),
        (answer("302 Found", "location: http://example.invalid/api\r\n", ""), "redirects to another host"),
        (answer("307 Temporary Redirect", "location: file:///etc/passwd\r\n", ""), "no address"),
        (answer("204 No Content", "", ""), "status 204"),
    ] {
        let error = ask_once(vec![act]);
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn servers_that_break_off_are_told_apart() {
    let closes: Act = Box::new(|_| {});
    let truncated: Act =
        Box::new(|stream| stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"resp").unwrap());
    let no_http: Act = Box::new(|stream| stream.write_all(b"220 mail.example.org ESMTP\r\n").unwrap());
    for act in [closes, truncated, no_http] {
        let error = ask_once(vec![act]);
        assert!(error.starts_with("Ollama cannot be reached: "), "{error}");
    }
    let mut service = NamingService::new(Provider::Ollama);
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    (service.url, service.tries) = (format!("http://{gone}"), 2);
    assert!(ask(&service).unwrap_err().to_string().contains("nothing listens there"));
}

#[test]
fn what_passes_is_tried_again() {
    let closes: Act = Box::new(|_| {});
    let acts = vec![answer("503 Service Unavailable", "", ""), closes, says(NAME)];
    let server = Server::new(acts);
    assert_eq!(ask(&service(&server, Provider::Ollama)).unwrap(), NAME);
}

#[test]
fn a_server_that_asks_for_time_gets_it() {
    let server = Server::new(vec![answer("429 Too Many Requests", "retry-after: 1\r\n", "{}"), says(NAME)]);
    let began = Instant::now();
    assert_eq!(ask(&service(&server, Provider::Ollama)).unwrap(), NAME);
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_redirect_on_the_same_host_keeps_the_request() {
    let server = Server::new(vec![answer("307 Temporary Redirect", "location: /moved\r\n", ""), says(NAME)]);
    assert_eq!(ask(&service(&server, Provider::Ollama)).unwrap(), NAME);
    let requests = server.requests();
    assert!(requests[1].0.starts_with("POST /moved ") && requests[0].1 == requests[1].1);
    let round = (0..5).map(|_| answer("302 Found", "location: /round\r\n", "")).collect();
    assert!(ask_once(round).contains("redirects more than 3 times"));
}

#[test]
fn a_server_that_says_nothing_or_drips_is_given_up() {
    let drips: Act = Box::new(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    for act in [stalls(), drips] {
        let server = Server::new(vec![act]);
        let mut service = service(&server, Provider::Ollama);
        service.timeout = Duration::from_millis(400);
        let error = ask(&service).unwrap_err();
        assert!(error.to_string().contains("did not answer in time"), "{error}");
    }
}

#[test]
fn a_cancel_ends_calls_and_waits() {
    let stalling = Server::new(vec![stalls()]);
    let busy = Server::new(vec![answer("429 Too Many Requests", "retry-after: 50\r\n", "{}")]);
    for server in [&stalling, &busy] {
        let stopped = service(server, Provider::Ollama).suggest(Policy::Allowed, &traits(), &|_| false, &after(12));
        assert_eq!(stopped, Err(Error::Cancelled));
    }
    let server = Server::new(vec![says(NAME), says(NAME)]);
    let mut service = service(&server, Provider::Ollama);
    service.delay = Duration::from_secs(3600);
    assert_eq!(ask(&service).unwrap(), NAME);
    let stopped = service.suggest(Policy::Allowed, &traits(), &|_| false, &after(3));
    assert_eq!((stopped, server.requests().len()), (Err(Error::Cancelled), 1));
}

#[test]
fn calls_keep_their_distance() {
    let server = Server::new(vec![says(NAME), says(NAME)]);
    let mut service = service(&server, Provider::Ollama);
    service.delay = Duration::from_millis(300);
    let began = Instant::now();
    assert!(ask(&service).is_ok() && ask(&service).is_ok());
    assert!(began.elapsed() >= service.delay);
    assert_eq!(NamingService::new(Provider::Gemini).delay, Duration::from_secs(7));
}

#[test]
fn keys_show_up_nowhere() {
    let complaint = json!({ "error": { "message": "bad key sk-very-secret" } }).to_string();
    let server = Server::new(vec![answer("401 Unauthorized", "", complaint)]);
    let mut service = service(&server, Provider::OpenAi);
    service.key = Some(key());
    service.url = format!("{}/v1/chat/completions?token=sk-very-secret", server.url);
    let error = ask(&service).unwrap_err();
    assert!(matches!(&error, Error::Refused { status: 401, .. }));
    service.url = "http://me:sk-very-secret@127.0.0.1:1/v1?sk-very-secret".to_owned();
    let address = ask(&service).unwrap_err();
    assert!(matches!(address, Error::Address { .. }));
    for text in [format!("{service:?}"), format!("{error:?} {error}"), format!("{address:?} {address}")] {
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn what_cannot_be_asked_is_not() {
    for url in ["ftp://example.org/x", "example.org/x", "http:///x"] {
        let mut service = NamingService::new(Provider::Ollama);
        service.url = url.to_owned();
        assert!(matches!(ask(&service), Err(Error::Address { .. })), "{url}");
    }
    for provider in [Provider::Gemini, Provider::OpenAi] {
        assert!(matches!(ask(&NamingService::new(provider)), Err(Error::Key { .. })));
    }
}
