//! Threading without the server (RFC 5256 section 3): ORDEREDSUBJECT and REFERENCES, as c-client does them.
//!
//! Trees are flat and nothing recurses: a thread can be as deep as a mailbox has messages.

mod forest;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::imap::sort::compare_text;
use forest::Forest;

/// What threading knows of a message.
#[derive(Debug, Clone, Default)]
pub struct Message<'a> {
    /// Its number, which decides among equal dates.
    pub number: u64,
    /// Seconds since 1970 when it was sent.
    pub date: u64,
    /// The base subject.
    pub subject: &'a [u8],
    /// Whether the subject was that of a reply or of a forwarded message.
    pub refwd: bool,
    /// Its message ID, or another name if an earlier message has that ID.
    pub id: &'a [u8],
    /// Message IDs of its ancestors, the eldest first.
    pub references: Vec<&'a [u8]>,
}

/// A node of a thread tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Index of its message; `None` for a message that is missing, which then has children.
    pub message: Option<usize>,
    /// Its replies, in order, as indices of nodes.
    pub children: Vec<usize>,
}

/// Threads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Threads {
    /// All nodes.
    pub nodes: Vec<Node>,
    /// The first message of each thread, in order, as indices of nodes.
    pub roots: Vec<usize>,
}

/// Threads of messages that come sorted by subject and date: the first of each subject, with the others below it.
pub fn ordered_subject(messages: &[Message<'_>]) -> Threads {
    let mut threads = Threads::default();
    for (index, message) in messages.iter().enumerate() {
        threads.nodes.push(Node {
            message: Some(index),
            children: Vec::new(),
        });
        let top = threads.roots.last().copied();
        let same = |&top: &usize| {
            let subject = messages[top].subject;
            compare_text(Some(subject), Some(message.subject)) == Ordering::Equal
        };
        match top.filter(same) {
            Some(top) => threads.nodes[top].children.push(index),
            None => threads.roots.push(index),
        }
    }
    let mut roots = std::mem::take(&mut threads.roots);
    threads.sort(&mut roots, messages);
    threads.roots = roots;
    threads
}

/// Threads by who answers whom; those whose first messages have the same subject are joined.
pub fn references(messages: &[Message<'_>]) -> Threads {
    let mut threads = Containers::new(messages).pruned(messages);
    let mut roots = std::mem::take(&mut threads.roots);
    threads.sort(&mut roots, messages);
    threads.join_subjects(&roots, messages);
    threads.sort_all(messages);
    threads
}

impl Threads {
    /// The message that stands for a node: its own, or that of its first child.
    fn lead<'m, 'a>(&self, node: usize, messages: &'m [Message<'a>]) -> Option<&'m Message<'a>> {
        let node = &self.nodes[node];
        let own = node.message;
        let first = || node.children.first().and_then(|&c| self.nodes[c].message);
        messages.get(own.or_else(first)?)
    }

    /// By date, then by number (`mail_thread_compare_date`).
    fn sort(&self, siblings: &mut [usize], messages: &[Message<'_>]) {
        let key = |&node: &usize| self.lead(node, messages).map(|m| (m.date, m.number));
        siblings.sort_by_key(key);
    }

    /// Steps 5B and 5C of RFC 5256: `roots`, in order, are joined by subject and become the roots.
    fn join_subjects(&mut self, roots: &[usize], messages: &[Message<'_>]) {
        let subject = |threads: &Self, node| {
            let lead = threads.lead(node, messages)?;
            (!lead.subject.is_empty()).then_some((lead.subject, lead.refwd))
        };
        let mut table: BTreeMap<&[u8], usize> = BTreeMap::new();
        for &root in roots {
            let Some((text, refwd)) = subject(self, root) else {
                continue;
            };
            let listed = table.entry(text).or_insert(root);
            let other = self.nodes[*listed].message;
            let better = |other: usize| {
                self.nodes[root].message.is_none() || (!refwd && messages[other].refwd)
            };
            if other.is_some_and(better) {
                *listed = root;
            }
        }
        let subjects: Vec<_> = roots.iter().map(|&root| subject(self, root)).collect();
        let mut stays: BTreeSet<usize> = roots.iter().copied().collect();
        for (&root, subject) in roots.iter().zip(subjects) {
            let Some((listed, refwd)) =
                subject.and_then(|(text, refwd)| Some((table.get_mut(text)?, refwd)))
            else {
                continue;
            };
            if *listed == root {
                continue;
            }
            stays.remove(&root);
            match self.nodes[*listed].message {
                None if self.nodes[root].message.is_none() => {
                    let children = std::mem::take(&mut self.nodes[root].children);
                    self.nodes[*listed].children.extend(children);
                }
                None => self.nodes[*listed].children.push(root),
                Some(other) if refwd && !messages[other].refwd => {
                    self.nodes[*listed].children.push(root);
                }
                Some(_) => {
                    stays.remove(listed);
                    self.nodes.push(Node {
                        message: None,
                        children: vec![*listed, root],
                    });
                    *listed = self.nodes.len() - 1;
                    stays.insert(*listed);
                }
            }
        }
        self.roots = stays.into_iter().collect();
    }

    /// Sorts roots and children. A node without a message has children with one, so these are sorted first.
    fn sort_all(&mut self, messages: &[Message<'_>]) {
        for node in 0..self.nodes.len() {
            let mut children = std::mem::take(&mut self.nodes[node].children);
            self.sort(&mut children, messages);
            self.nodes[node].children = children;
        }
        let mut roots = std::mem::take(&mut self.roots);
        self.sort(&mut roots, messages);
        self.roots = roots;
    }
}

/// A place for a message, there or not, while the threads are put together.
#[derive(Debug, Clone, Default)]
struct Container {
    message: Option<usize>,
    parent: Option<usize>,
    first_child: Option<usize>,
    last_child: Option<usize>,
    elder: Option<usize>,
    younger: Option<usize>,
}

struct Containers {
    all: Vec<Container>,
    forest: Forest,
}

impl Containers {
    /// Steps 1 and 2 of RFC 5256.
    fn new<'a>(messages: &[Message<'a>]) -> Self {
        let mut containers = Containers {
            all: Vec::with_capacity(messages.len()),
            forest: Forest::default(),
        };
        let mut ids: BTreeMap<&'a [u8], usize> = BTreeMap::new();
        for (index, message) in messages.iter().enumerate() {
            let new = containers.add(Some(index));
            ids.entry(message.id).or_insert(new);
        }
        for (index, message) in messages.iter().enumerate() {
            let mut above = None;
            for &reference in &message.references {
                let here = *ids.entry(reference).or_insert_with(|| containers.add(None));
                if let Some(above) = above
                    && containers.all[here].parent.is_none()
                    && !containers.is_below(above, here)
                {
                    containers.put_first(here, above);
                }
                above = Some(here);
            }
            let own = ids.get(message.id).copied().unwrap_or(index);
            let parent = containers.all[own].parent;
            if parent.is_some() && parent == above {
                continue;
            }
            if let Some(parent) = parent {
                containers.remove(own, parent);
            }
            if let Some(above) = above
                && !containers.is_below(above, own)
            {
                containers.put_last(own, above);
            }
        }
        containers
    }

    fn add(&mut self, message: Option<usize>) -> usize {
        self.forest.add();
        self.all.push(Container {
            message,
            ..Container::default()
        });
        self.all.len() - 1
    }

    /// Whether `node` is `root`, which has no parent, or below it (`mail_thread_check_child`).
    fn is_below(&mut self, node: usize, root: usize) -> bool {
        self.forest.root(node) == root
    }

    fn put_first(&mut self, child: usize, parent: usize) {
        self.forest.link(child, parent);
        let next = self.all[parent].first_child.replace(child);
        match next {
            Some(next) => self.all[next].elder = Some(child),
            None => self.all[parent].last_child = Some(child),
        }
        self.all[child].parent = Some(parent);
        self.all[child].younger = next;
    }

    fn put_last(&mut self, child: usize, parent: usize) {
        self.forest.link(child, parent);
        let previous = self.all[parent].last_child.replace(child);
        match previous {
            Some(previous) => self.all[previous].younger = Some(child),
            None => self.all[parent].first_child = Some(child),
        }
        self.all[child].parent = Some(parent);
        self.all[child].elder = previous;
    }

    fn remove(&mut self, child: usize, parent: usize) {
        self.forest.cut(child);
        let container = &mut self.all[child];
        container.parent = None;
        let (elder, younger) = (container.elder.take(), container.younger.take());
        match elder {
            Some(elder) => self.all[elder].younger = younger,
            None => self.all[parent].first_child = younger,
        }
        match younger {
            Some(younger) => self.all[younger].elder = elder,
            None => self.all[parent].last_child = elder,
        }
    }

    /// Step 3: without the messages that are missing, but for one at the top of several.
    fn pruned(&self, messages: &[Message<'_>]) -> Threads {
        let mut threads = Threads::default();
        // Messages first, so that a message and its node have the same index.
        threads.nodes.extend((0..messages.len()).map(|index| Node {
            message: Some(index),
            children: self.messages_below(index),
        }));
        for (index, container) in self.all.iter().enumerate() {
            if container.parent.is_some() {
                continue;
            }
            if container.message.is_some() {
                threads.roots.push(index);
                continue;
            }
            let children = self.messages_below(index);
            match children[..] {
                [] => {}
                [only] => threads.roots.push(only),
                _ => {
                    threads.roots.push(threads.nodes.len());
                    threads.nodes.push(Node {
                        message: None,
                        children,
                    });
                }
            }
        }
        threads
    }

    /// The children of a container, those of missing ones in their place.
    fn messages_below(&self, container: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut next = vec![self.all[container].first_child];
        while let Some(place) = next.pop() {
            let Some(here) = place else { continue };
            next.push(self.all[here].younger);
            if self.all[here].message.is_some() {
                found.push(here);
            } else {
                next.push(self.all[here].first_child);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
