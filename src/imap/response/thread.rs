//! THREAD (RFC 5256 section 4), without recursion: nodes are collected in a flat list and joined afterwards.

use super::cursor::Cursor;
use super::{ParseError, Thread};
use crate::limits;

struct Node {
    number: Option<u32>,
    parent: Option<usize>,
    depth: usize,
}

/// What an opening parenthesis puts aside.
struct Level {
    /// Parent of what stands in this list next.
    parent: Option<usize>,
    /// Whether a message was named in this list: if not, lists in it are siblings under a dummy.
    named: bool,
}

/// `(2)(3 6 (4 23)(44 7 96))`
pub(super) fn thread(cursor: &mut Cursor<'_>) -> Result<Vec<Thread>, ParseError> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    loop {
        cursor.skip_spaces();
        if nodes.len() >= limits::THREAD_NODES {
            return Err(cursor.error("too many messages in THREAD"));
        }
        match cursor.peek() {
            None if levels.is_empty() => return Ok(join(&nodes)),
            None => return Err(cursor.error("unterminated thread")),
            Some(b'(') => {
                cursor.eat(b'(');
                let parent = levels.last_mut().and_then(|level| {
                    if !level.named {
                        level.named = true;
                        level.parent = add(&mut nodes, None, level.parent);
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
                    level.parent = add(&mut nodes, Some(number), level.parent);
                    level.named = true;
                }
            }
            Some(_) => return Err(cursor.error("bogus thread member")),
        }
    }
}

/// Adds a node and says what the parent of its descendants is. At the depth limit that is its own parent, so that
/// deeper messages become its siblings; dummies there are left out.
fn add(nodes: &mut Vec<Node>, number: Option<u32>, parent: Option<usize>) -> Option<usize> {
    let depth = parent.map_or(1, |index| nodes[index].depth + 1);
    if depth < limits::THREAD_DEPTH {
        nodes.push(Node {
            number,
            parent,
            depth,
        });
        return Some(nodes.len() - 1);
    }
    if number.is_some() {
        nodes.push(Node {
            number,
            parent,
            depth,
        });
    }
    parent
}

/// Parents come before their children in `nodes`, so one pass from the end joins everything.
fn join(nodes: &[Node]) -> Vec<Thread> {
    let mut children: Vec<Vec<Thread>> = nodes.iter().map(|_| Vec::new()).collect();
    let mut roots = Vec::new();
    for (index, node) in nodes.iter().enumerate().rev() {
        let mut own = std::mem::take(&mut children[index]);
        own.reverse();
        let thread = Thread {
            number: node.number,
            children: own,
        };
        match node.parent {
            Some(parent) => children[parent].push(thread),
            None => roots.push(thread),
        }
    }
    roots.reverse();
    roots
}
