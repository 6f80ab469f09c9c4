//! Trees that grow, are cut, and tell the root of a node, each in logarithmic time on average: link-cut trees (Sleator
//! and Tarjan 1983). Going up from parent to parent instead would take as long as a thread is deep, for each message.

/// A node of a splay tree, which holds a path of a real tree by depth.
#[derive(Debug, Clone, Copy, Default)]
struct Splay {
    /// Towards the real root and away from it.
    sides: [Option<usize>; 2],
    /// Above in the splay tree; for its root, where the path hangs on another.
    above: Option<usize>,
}

/// A forest of numbered nodes.
#[derive(Debug, Clone, Default)]
pub struct Forest {
    nodes: Vec<Splay>,
}

impl Forest {
    /// A new node, a tree by itself, with the next number.
    pub fn add(&mut self) {
        self.nodes.push(Splay::default());
    }

    /// Hangs the tree whose root is `child` on `parent`, which is in another tree.
    pub fn link(&mut self, child: usize, parent: usize) {
        self.expose(child);
        self.expose(parent);
        self.nodes[child].above = Some(parent);
    }

    /// Cuts a node, with all below it, from its parent.
    pub fn cut(&mut self, node: usize) {
        self.expose(node);
        if let Some(path) = self.nodes[node].sides[0].take() {
            self.nodes[path].above = None;
        }
    }

    /// The root of the tree that a node is in.
    pub fn root(&mut self, node: usize) -> usize {
        self.expose(node);
        let mut root = node;
        while let Some(further) = self.nodes[root].sides[0] {
            root = further;
        }
        self.splay(root);
        root
    }

    /// Makes the way from the real root to `node` one path, with `node` on top of its splay tree.
    fn expose(&mut self, node: usize) {
        let mut below = None;
        let mut at = Some(node);
        while let Some(here) = at {
            self.splay(here);
            self.nodes[here].sides[1] = below;
            below = Some(here);
            at = self.nodes[here].above;
        }
        self.splay(node);
    }

    /// On which side of what is above it a node hangs in its splay tree; `None` for the top.
    fn side(&self, node: usize) -> Option<(usize, usize)> {
        let above = self.nodes[node].above?;
        let side = self.nodes[above]
            .sides
            .iter()
            .position(|&n| n == Some(node))?;
        Some((above, side))
    }

    fn rotate(&mut self, node: usize) {
        let Some((above, side)) = self.side(node) else {
            return;
        };
        let top = self.side(above);
        let moved = self.nodes[node].sides[1 - side];
        self.nodes[above].sides[side] = moved;
        if let Some(moved) = moved {
            self.nodes[moved].above = Some(above);
        }
        self.nodes[node].above = self.nodes[above].above;
        self.nodes[node].sides[1 - side] = Some(above);
        self.nodes[above].above = Some(node);
        if let Some((top, side)) = top {
            self.nodes[top].sides[side] = Some(node);
        }
    }

    /// Brings a node to the top of its splay tree.
    fn splay(&mut self, node: usize) {
        while let Some((above, side)) = self.side(node) {
            if let Some((_, upper)) = self.side(above) {
                self.rotate(if upper == side { above } else { node });
            }
            self.rotate(node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_those_that_going_up_finds() {
        let mut seed = 7u64;
        let mut draw = |below: usize| {
            seed = seed
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (seed >> 33) as usize % below
        };
        for _ in 0..50 {
            let count = 1 + draw(40);
            let mut forest = Forest::default();
            let mut parents: Vec<Option<usize>> = vec![None; count];
            (0..count).for_each(|_| forest.add());
            for _ in 0..300 {
                let root = |parents: &[Option<usize>], mut node: usize| {
                    while let Some(parent) = parents[node] {
                        node = parent;
                    }
                    node
                };
                let (one, other) = (draw(count), draw(count));
                if parents[one].is_some() && draw(2) == 0 {
                    forest.cut(one);
                    parents[one] = None;
                } else if parents[one].is_none() && root(&parents, other) != one {
                    forest.link(one, other);
                    parents[one] = Some(other);
                }
                assert_eq!(forest.root(other), root(&parents, other));
            }
        }
    }
}
