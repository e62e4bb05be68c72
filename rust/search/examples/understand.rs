//! What queries mean, one a line of standard input: `cargo run -p segue-search --example understand`.
#![allow(clippy::print_stdout)]

use std::io::{BufRead as _, stdin};

use segue_search::{NoNames, understand};

fn main() -> std::io::Result<()> {
    for line in stdin().lock().lines() {
        let query = understand(&line?, &NoNames);
        println!(
            "{} [{}] {query} | left {:?} | described {}",
            query.language.code(),
            query.wants.len(),
            query.left,
            query.described
        );
        for want in &query.wants {
            println!(
                "    {:?} {} {} {}",
                want.meaning,
                want.strength,
                if want.negated { "not" } else { "" },
                want.words
            );
        }
    }
    Ok(())
}
