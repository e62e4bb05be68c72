//! What a language model says around its answer.

/// Without what thinking models say before they answer.
pub(crate) fn without_thoughts(answer: &str) -> String {
    const TAGS: [&str; 4] = ["think", "thinking", "thought", "reasoning"];
    let mut text = answer.to_owned();
    for tag in TAGS {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        // In ASCII lower case all places stay where they are.
        while let Some(from) = text.to_ascii_lowercase().find(&open) {
            let end = text.to_ascii_lowercase().get(from..).and_then(|rest| rest.find(&close));
            text.replace_range(from..end.map_or(text.len(), |end| from + end + close.len()), "\n");
        }
        // Some servers leave the beginning out.
        if let Some(end) = text.to_ascii_lowercase().rfind(&close) {
            text.replace_range(..end + close.len(), "");
        }
    }
    text
}

/// What stands in the first code fence, if there is one with something in it.
pub(crate) fn unfenced(text: String) -> String {
    let Some((_, rest)) = text.split_once("```") else { return text };
    let inside = rest.split("```").next().unwrap_or_default();
    // The first line may name a language.
    let inside = match inside.split_once('\n') {
        Some((first, more)) if !first.trim().contains(' ') && !more.trim().is_empty() => more,
        _ => inside,
    };
    if inside.trim().is_empty() { text.replace("```", "\n") } else { inside.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_and_fences_fall_away() {
        assert_eq!(without_thoughts("<think>a</think>b<THINK>c</THINK>d").replace('\n', ""), "bd");
        assert_eq!(without_thoughts("a</thinking>b"), "b");
        assert_eq!(without_thoughts("b<think>for ever").trim(), "b");
        let inside = |text: &str| unfenced(text.to_owned()).trim().to_owned();
        assert_eq!(inside("x\n```json\n{}\n```\ny"), "{}");
        assert_eq!((inside("```{}```"), inside("{}"), inside("``````x")), ("{}".into(), "{}".into(), "x".into()));
    }
}
