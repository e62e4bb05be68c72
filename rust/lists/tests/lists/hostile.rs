//! Files that somebody made to break a reader, and files broken by chance: an answer or an error, soon.

use std::path::Path;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use segue_lists::{Candidate, Definition, Format, List, Matcher, read, write};

const SEEDS: [&str; 6] = [
    "\u{feff}#EXTM3U\r\n#PLAYLIST:Evening\r\n#EXTINF:215 a=\"b,c\",Björk - Hunter\r\n#EXTALB:Homogenic\r\n..\\Music\\Hunter.mp3\r\n\
     file:///C:/Music/%C3%A4.mp3\r\nhttps://example.org/x\r\n",
    "{\"playlist\": {\"title\": \"T\", \"track\": [{\"title\": \"a\", \"creator\": [\"b\"], \"duration\": 1.5e3, \"location\": \
     [\"file:///a%20b\"], \"identifier\": \"https://musicbrainz.org/recording/b1a9c0e9-d987-4042-ae91-78d6a3267d69\"}, {}, 3]}}",
    "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"y\">]><playlist version=\"1\"><title>T &amp; &x;</title><trackList><track>\
     <location>file:///a%20b</location><title><![CDATA[a]]>&#x41;</title><duration>1000</duration></track></trackList></playlist>",
    "\"Spotify URI\",\"Track Name\",\"Artist Name(s)\",\"Track Duration (ms)\",\"ISRC\"\n\"x\",\"a \"\"b\"\"\nc\",\"d, e\",\"1000\",\"USRC17607839\"\n",
    "sep=;\nTitel;Interpret;Dauer\nA (Live;B;3:45\n",
    "tempo 90..120, danceability > 1.2, key Am, C, 8B, style \"ambient\" > 0.2, not genre Christmas, duration 2:00..6:00, sort random 7, limit 50",
];

const NAMES: [&str; 6] = ["x.m3u8", "x.jspf", "/a/x.xspf", "x.csv", "x", ""];

const SPLICES: [&str; 16] = [
    "<",
    ">",
    "&",
    "\"",
    "\u{0}",
    "\n",
    "%",
    "]]>",
    "[[[[",
    "{\"a\":",
    "\u{feff}",
    "..",
    "((((",
    " - ",
    "''",
    "<!DOCTYPE [",
];

fn mutate(rng: &mut StdRng, seed: &str) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for _ in 0..rng.random_range(1..12) {
        let at = rng.random_range(0..=bytes.len());
        match rng.random_range(0..5) {
            0 if at < bytes.len() => bytes[at] = rng.random(),
            1 => bytes.truncate(at),
            2 => {
                let splice = SPLICES[rng.random_range(0..SPLICES.len())];
                bytes.splice(at..at, splice.bytes());
            }
            3 => {
                let end = rng.random_range(at..=bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let end = rng.random_range(at..=bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    bytes
}

/// Whatever comes in, what is read can be written, and what is written is read as just as much.
#[test]
fn broken_files_are_an_answer_or_an_error() {
    let mut rng = StdRng::seed_from_u64(7);
    let library = vec![Candidate {
        title: "Hunter".into(),
        artist: "Björk".into(),
        path: "/music/Björk/Hunter.mp3".into(),
        ..Candidate::default()
    }];
    let matcher = Matcher::new(library);
    let mut read_well = 0;
    for round in 0..6000 {
        let seed = SEEDS[round % SEEDS.len()];
        let bytes = mutate(&mut rng, seed);
        let name = Path::new(NAMES[rng.random_range(0..NAMES.len())]);
        if let Ok(list) = read(&bytes, name) {
            read_well += 1;
            for entry in &list.entries {
                let found = matcher.find(entry);
                assert!(found.is_none_or(|found| found.index == 0 && (0.0..=1.0).contains(&found.score)));
            }
            let with_paths = list.entries.iter().filter(|entry| entry.path.is_some()).count();
            for (format, count) in
                [(Format::M3u8, with_paths), (Format::Jspf, list.entries.len()), (Format::Xspf, list.entries.len())]
            {
                let written = write(format, &list, None);
                let back =
                    read(written.as_bytes(), Path::new("x")).unwrap_or_else(|error| panic!("{error}\n{written}"));
                assert_eq!(back.entries.len() + back.unreadable, count, "{list:?}\n{written}");
            }
        }
        if let Ok(text) = std::str::from_utf8(&bytes)
            && let Ok(definition) = Definition::parse(text)
        {
            assert_eq!(Definition::parse(&definition.to_string()).unwrap(), definition, "{text}");
        }
    }
    assert!(read_well > 1000, "{read_well}");
}

#[test]
fn chance_bytes_are_an_answer_or_an_error() {
    let mut rng = StdRng::seed_from_u64(8);
    for _ in 0..500 {
        let bytes: Vec<u8> = (0..rng.random_range(0..400)).map(|_| rng.random()).collect();
        for name in NAMES {
            let list: List = read(&bytes, Path::new(name)).unwrap_or_default();
            assert!(list.entries.len() <= bytes.len());
        }
    }
}

/// Each of these costs more than its size where a reader is careless.
#[test]
fn what_grows_when_read_is_bounded() {
    let many = 200_000;
    for (text, name) in [
        ("[".repeat(many), "x.json"),
        (format!("{{\"playlist\":{}", "{\"playlist\":".repeat(many)), "x.jspf"),
        (format!("<playlist>{}", "<a>".repeat(many)), "x.xspf"),
        (format!("<playlist {}>", "a=\"b\" ".repeat(many)), "x.xspf"),
        (format!("<!DOCTYPE a [{}]><playlist/>", "<!ENTITY a \"b\">".repeat(many)), "x.xspf"),
        (format!("<playlist><title>{}</title></playlist>", "&amp;".repeat(many)), "x.xspf"),
        (format!("title,artist\n{}", "\"".repeat(many)), "x.csv"),
        (format!("title{}\n", ",a".repeat(many)), "x.csv"),
        (format!("#EXTINF:{}\n", ",".repeat(many)), "x.m3u"),
        ("#EXTINF:1,a - \n".repeat(50_000), "x.m3u"),
        ("\r".repeat(many), "x.m3u"),
        ("%".repeat(many), "x.m3u"),
    ] {
        if let Ok(list) = read(text.as_bytes(), Path::new(name)) {
            assert!(list.entries.len() <= 50_000, "{name}");
        }
    }
}

/// Names that are long, or nothing but brackets and joints, cost no more than others.
#[test]
fn odd_names_are_matched_in_bounded_time() {
    let odd = [
        "(".repeat(20_000),
        "a & ".repeat(5_000),
        " - live".repeat(3_000),
        "feat. ".repeat(4_000),
        "x".repeat(30_000),
        "a b ".repeat(8_000),
    ];
    let library: Vec<Candidate> = odd
        .iter()
        .map(|name| Candidate {
            title: name.clone(),
            artist: name.clone(),
            album: name.clone(),
            ..Candidate::default()
        })
        .collect();
    let matcher = Matcher::new(library);
    for name in &odd {
        let entry = segue_lists::Entry { title: name.clone(), artist: name.clone(), ..segue_lists::Entry::default() };
        assert!(matcher.find(&entry).is_none_or(|found| found.score <= 1.0));
    }
}
