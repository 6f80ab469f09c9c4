//! THREAD (RFC 5256 section 4), without recursion: a tree is a flat list of nodes that know their parents.

use super::cursor::Cursor;
use super::{ParseError, Thread};
use crate::limits;

/// What an opening parenthesis puts aside.
struct Level {
    /// Parent of what stands in this list next.
    parent: Option<usize>,
    /// Whether a message was named in this list: if not, lists in it are siblings under a dummy.
    named: bool,
}

/// `(2)(3 6 (4 23)(44 7 96))`
pub(super) fn thread(cursor: &mut Cursor<'_>) -> Result<Vec<Thread>, ParseError> {
    let mut nodes: Vec<Thread> = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    loop {
        cursor.skip_spaces();
        if nodes.len() >= limits::THREAD_NODES || levels.len() > limits::THREAD_NODES {
            return Err(cursor.error("too many messages in THREAD"));
        }
        match cursor.peek() {
            None if levels.is_empty() => return Ok(nodes),
            None => return Err(cursor.error("unterminated thread")),
            Some(b'(') => {
                cursor.eat(b'(');
                let parent = levels.last_mut().and_then(|level| {
                    if !level.named {
                        level.named = true;
                        nodes.push(Thread {
                            number: None,
                            parent: level.parent,
                        });
                        level.parent = Some(nodes.len() - 1);
                    }
                    level.parent
                });
                levels.push(Level {
                    parent,
                    named: false,
                });
            }
            Some(b')') if levels.pop().is_some() => {
                cursor.eat(b')');
            }
            Some(b'0'..=b'9') if !levels.is_empty() => {
                let number = cursor.number()?;
                if number == 0 {
                    return Err(cursor.error("message 0 in THREAD"));
                }
                if let Some(level) = levels.last_mut() {
                    nodes.push(Thread {
                        number: Some(number),
                        parent: level.parent,
                    });
                    level.parent = Some(nodes.len() - 1);
                    level.named = true;
                }
            }
            Some(_) => return Err(cursor.error("Bogus thread member")),
        }
    }
}
