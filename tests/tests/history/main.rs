//! Histories over REST: what is recorded, what a person makes of it, and who gets to see which part.

mod door;
mod feedback;
mod guidance;
mod input;
mod journey;
mod learning;
mod person;
mod rejections;
mod spaces;
