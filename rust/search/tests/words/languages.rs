//! The same in seven languages.

use segue_search::Language;

use super::{ask, check};

#[test]
fn the_same_is_understood_in_every_language() {
    for (queries, expected) in [
        (
            [
                "calm piano for sleeping, without drums",
                "ruhiges Klavier zum Einschlafen, ohne Schlagzeug",
                "piano calme pour dormir, sans batterie",
                "piano tranquilo para dormir, sin batería",
                "pianoforte calmo per dormire, senza batteria",
                "piano calmo para dormir, sem bateria",
                "rustige piano voor het slapen, zonder drums",
            ],
            "calm piano sleep -drums",
        ),
        (
            [
                "fast electronic music from the 80s",
                "schnelle elektronische Musik aus den 80ern",
                "musique électronique rapide des années 80",
                "música electrónica rápida de los años 80",
                "musica elettronica veloce degli anni '80",
                "música eletrónica rápida dos anos 80",
                "snelle elektronische muziek uit de jaren 80",
            ],
            "fast electronic year:1980..1989",
        ),
        (
            [
                "sad music without vocals",
                "traurige Musik ohne Gesang",
                "musique triste sans voix",
                "música triste sin voces",
                "musica triste senza voci",
                "música triste sem vozes",
                "droevige muziek zonder zang",
            ],
            "sad instrumental",
        ),
        (
            [
                "very happy, not too fast",
                "sehr fröhlich, nicht zu schnell",
                "très joyeux, pas trop rapide",
                "muy alegre, no demasiado rápido",
                "molto allegro, non troppo veloce",
                "muito alegre, não demasiado rápido",
                "zeer vrolijk, niet te snel",
            ],
            "++happy -++fast",
        ),
        (
            [
                "party music faster than 120 bpm",
                "Partymusik schneller als 120 bpm",
                "musique de fête plus rapide que 120 bpm",
                "música de fiesta más rápida que 120 bpm",
                "musica da festa più veloce di 120 bpm",
                "música de festa mais rápida que 120 bpm",
                "feestmuziek sneller dan 120 bpm",
            ],
            "party tempo:120..",
        ),
        (
            [
                "rock longer than 5 minutes",
                "Rock länger als 5 Minuten",
                "rock de plus de 5 minutes",
                "rock de más de 5 minutos",
                "rock di più di 5 minuti",
                "rock com mais de 5 minutos",
                "rock langer dan 5 minuten",
            ],
            "rock duration:300..",
        ),
        (
            [
                "violin in A minor",
                "Geige in a-Moll",
                "violon en la mineur",
                "violín en la menor",
                "violino in la minore",
                "violino em lá menor",
                "viool in a mineur",
            ],
            "violin key:Some(9):Some(true)",
        ),
        (
            [
                "jazz before 1970",
                "Jazz vor 1970",
                "jazz avant 1970",
                "jazz antes de 1970",
                "jazz prima del 1970",
                "jazz antes de 1970",
                "jazz voor 1970",
            ],
            "jazz year:..1969",
        ),
        (
            [
                "piano or guitar for studying",
                "Klavier oder Gitarre zum Lernen",
                "piano ou guitare pour étudier",
                "piano o guitarra para estudiar",
                "pianoforte o chitarra per studiare",
                "piano ou guitarra para estudar",
                "piano of gitaar om te studeren",
            ],
            "piano |guitar study",
        ),
        (
            [
                "something slightly dark for driving",
                "etwas leicht Düsteres zum Autofahren",
                "quelque chose d'un peu sombre pour conduire",
                "algo un poco oscuro para conducir",
                "qualcosa di un po' cupo per guidare",
                "algo um pouco sombrio para dirigir",
                "iets een beetje donker voor het autorijden",
            ],
            "+dark driving",
        ),
        (
            [
                "running music",
                "Musik zum Joggen",
                "musique pour courir",
                "música para correr",
                "musica per correre",
                "música para correr",
                "muziek om te hardlopen",
            ],
            "running",
        ),
        (
            [
                "dinner music",
                "Musik zum Abendessen",
                "musique pour le dîner",
                "música para la cena",
                "musica per la cena",
                "música para o jantar",
                "muziek bij het avondeten",
            ],
            "dinner",
        ),
    ] {
        for query in queries {
            let understood = ask(query);
            let mut found: Vec<_> = super::short(&understood).split(' ').map(str::to_owned).collect();
            let mut wanted: Vec<_> = expected.split(' ').map(str::to_owned).collect();
            // Languages put their adjectives where they like.
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted, "{query} ({:?})", understood.language);
            assert_eq!(understood.left, Vec::<String>::new(), "{query}");
        }
    }
}

#[test]
fn the_language_is_that_of_most_words() {
    for (query, language) in [
        ("calm piano music", Language::English),
        ("ruhige Klaviermusik", Language::German),
        ("musique calme pour étudier", Language::French),
        ("canciones alegres para correr", Language::Spanish),
        ("musica allegra per la festa", Language::Italian),
        ("música alegre para a festa, sem voz", Language::Portuguese),
        ("vrolijke muziek voor een feestje", Language::Dutch),
        ("techno", Language::English),
        ("", Language::English),
        ("夜に駆ける", Language::English),
    ] {
        assert_eq!(ask(query).language, language, "{query}");
    }
}

#[test]
fn what_has_to_be_said_otherwise_in_a_language_is() {
    check(&[
        ("Klaviermusik", "piano"),
        ("Klavierjazz", "piano jazz"),
        ("Entspannungsmusik", "calm"),
        ("gesangsfrei", "instrumental"),
        ("froehliche Musik", "happy"),
        ("Tanzmusik aus den Achtzigern", "dance year:1980..1989"),
        ("80er Jahre Pop", "year:1980..1989 pop"),
        ("fis-Moll", "key:Some(6):Some(true)"),
        ("in H-Dur", "key:Some(11):Some(false)"),
        ("weder traurig noch langsam", "-sad -slow"),
        ("musique sans batterie ni guitare", "-drums -guitar"),
        ("do dièse mineur", "key:Some(1):Some(true)"),
        ("des années quatre-vingt-dix", "year:1990..1999"),
        ("musique d'ambiance pour l'amour", "ambient romantic"),
        ("de los ochenta", "year:1980..1989"),
        ("sin voces ni batería", "instrumental -drums"),
        ("degli anni ottanta", "year:1980..1989"),
        ("si bemolle maggiore", "key:Some(10):Some(false)"),
        ("nos anos noventa", "year:1990..1999"),
        ("uit de jaren negentig", "year:1990..1999"),
        ("pianomuziek", "piano"),
        ("ruhiges piano, no vocals", "calm piano instrumental"),
        ("musique happy", "happy"),
    ]);
}

#[test]
fn codes_name_languages() {
    assert_eq!(Language::from_code("pt-BR"), Some(Language::Portuguese));
    assert_eq!(Language::from_code("DE_at"), Some(Language::German));
    assert_eq!(Language::from_code("ja"), None);
    for language in Language::ALL {
        assert_eq!(Language::from_code(language.code()), Some(language));
    }
}
