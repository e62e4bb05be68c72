//! What can be wrong with the lexicon.

/// Why the lexicon cannot be read. Its files are part of the program, so that only who edits them meets this.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LexiconError {
    #[error("{file}: {problem}")]
    Syntax { file: String, problem: Box<toml::de::Error> },
    #[error("concepts.toml: {concept}: \"{clue}\" is no tag (msd:NAME, mtt:NAME), number or range that Segue knows")]
    Clue { concept: String, clue: String },
    #[error("{file}: no concept is called \"{concept}\"; add it to concepts.toml or correct its name")]
    Concept { file: String, concept: String },
    #[error("{file}: \"{concept}\" has no words; add at least one, which is what is shown for it")]
    Wordless { file: String, concept: String },
    #[error("{file}: \"{word}\" stands for {first} and for {second}; leave it out of one of them")]
    Twice { file: String, word: String, first: String, second: String },
    #[error("concepts.toml: there are more than {most} genres; widen what columns keep of them")]
    Genres { most: u32 },
}
