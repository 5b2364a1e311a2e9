//! Flows across functions over the running stack.
