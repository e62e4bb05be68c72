//! Names from a service, from end to end: asked for only where a person switched it on, and never needed.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use segue_engine::{NamedBy, NamingProvider, NamingService, PlaylistRequest};

use crate::sample::{engine, pieces, request};

/// A server on this machine that counts its calls and gives the same kind of answer to each.
fn server(answer: fn(usize) -> String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api/generate", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { break };
            let call = counted.fetch_add(1, Ordering::SeqCst);
            let mut got = Vec::new();
            let mut block = [0; 4096];
            // Until the whole of the body is there: it ends with the outermost brace.
            while !(got.windows(4).any(|end| end == b"\r\n\r\n") && got.ends_with(b"}")) {
                match stream.read(&mut block) {
                    Ok(0) | Err(_) => break,
                    Ok(read) => got.extend_from_slice(&block[..read]),
                }
            }
            let _ = stream.write_all(answer(call).as_bytes());
        }
    });
    (url, calls)
}

fn respond(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn asking(url: String) -> PlaylistRequest {
    let naming = NamingService { provider: NamingProvider::Ollama, url, model: "test".to_owned(), delay_s: 0.0 };
    PlaylistRequest { naming: Some(naming), ..request() }
}

#[test]
fn a_service_names_new_playlists_and_is_not_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(3, 30, 10));
    let (url, calls) =
        server(|call| respond("200 OK", &format!("{{\"response\": \"\\\"Quiet Evening Songs {call}\\\"\"}}")));
    let first = engine.playlists(&asking(url.clone()), &mut |_| true).unwrap();
    assert!(!first.playlists.is_empty());
    assert!(
        first
            .playlists
            .iter()
            .all(|list| list.named_by == NamedBy::Service && list.name.starts_with("Quiet Evening Songs"))
    );
    assert_eq!(first.report.service_names, first.playlists.len() as u64);
    let asked = calls.load(Ordering::SeqCst);
    assert_eq!(asked, first.playlists.len());

    let again = engine.playlists(&asking(url), &mut |_| true).unwrap();
    let names =
        |run: &segue_engine::PlaylistRun| run.playlists.iter().map(|list| list.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&again), calls.load(Ordering::SeqCst)), (names(&first), asked));
}

#[test]
fn whatever_the_service_does_the_rules_names_stand() {
    let answers: [fn(usize) -> String; 3] = [
        |_| respond("500 Internal Server Error", "{}"),
        |_| {
            respond(
                "200 OK",
                "{\"response\": \"I cannot help with that, but here is a much too long explanation instead\"}",
            )
        },
        |_| String::new(),
    ];
    for answer in answers {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path(), &pieces(3, 30, 10));
        let (url, calls) = server(answer);
        let run = engine.playlists(&asking(url), &mut |_| true).unwrap();
        assert!(!run.playlists.is_empty());
        assert!(run.playlists.iter().all(|list| list.named_by == NamedBy::Rule && !list.name.is_empty()));
        assert_eq!((run.report.service_names, run.report.notes.len()), (0, 1), "{:?}", run.report.notes);
        assert!((1..=6).contains(&calls.load(Ordering::SeqCst)), "it is left alone soon");
    }
}

#[test]
fn nobody_is_asked_unless_a_person_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let run = engine(folder.path(), &pieces(3, 30, 10)).playlists(&request(), &mut |_| true).unwrap();
    assert!(run.playlists.iter().all(|list| list.named_by == NamedBy::Rule));
    assert_eq!((run.report.service_names, run.report.notes.len()), (0, 0));
}
