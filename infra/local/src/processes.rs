//! The processes that this program starts, and that none of them outlives it.
//!
//! Each is started in a process group of its own, so that what it starts in its turn can be ended with it. Ctrl-C and
//! SIGTERM end every group while the stack is still being made; once it stands, they ask the main thread to end it in
//! good order.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

static GROUPS: Mutex<Vec<i32>> = Mutex::new(Vec::new());
static WHEN_INTERRUPTED: Mutex<Option<Sender<()>>> = Mutex::new(None);

/// A child process and everything that it started. Dropping it ends them all.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    id: i32,
}

impl Group {
    /// Starts the command in a process group of its own.
    pub(crate) fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let id = i32::try_from(child.id())?;
        lock(&GROUPS).push(id);
        Ok(Self { child, id })
    }

    /// The child itself, for its pipes and its status.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The group may outlive the child that led it.
        let _ = killpg(Pid::from_raw(self.id), Signal::SIGKILL);
        let _ = self.child.wait();
        lock(&GROUPS).retain(|id| *id != self.id);
    }
}

/// Handles Ctrl-C and SIGTERM from now on. Call it once, first thing.
pub(crate) fn handle_interrupts() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        // Taken, not read: a second interrupt, while the first one is being obeyed, ends everything at once.
        if let Some(sender) = lock(&WHEN_INTERRUPTED).take()
            && sender.send(()).is_ok()
        {
            return;
        }
        for id in lock(&GROUPS).iter() {
            // SIGTERM lets the emulator save its state; its leash sees to the rest.
            let _ = killpg(Pid::from_raw(*id), Signal::SIGTERM);
        }
        std::process::exit(130);
    })
    .context("cannot handle Ctrl-C")
}

/// From now on an interrupt is told to `sender` and ends nothing by itself.
pub(crate) fn tell_interrupts(sender: Sender<()>) {
    *lock(&WHEN_INTERRUPTED) = Some(sender);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
