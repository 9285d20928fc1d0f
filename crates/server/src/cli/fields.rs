//! The fields of a context as flags, made from the domain's table, so that a new field is a flag by itself.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use rebound_domain::context::{Draft, Field, Shape};

/// The values of the flags, as they were given.
#[derive(Debug, Default, Clone)]
pub(super) struct Fields(Vec<(Field, String)>);

impl Fields {
    /// Whether no flag was given.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The context so far.
    pub(super) fn draft(&self) -> Draft {
        let mut draft = Draft::new("");
        for (field, value) in &self.0 {
            draft.set_text(*field, value);
        }
        draft
    }
}

impl Args for Fields {
    fn augment_args(command: Command) -> Command {
        let arguments = Field::ALL.iter().map(|field| {
            let flag = Arg::new(field.name())
                .long(field.name().replace('_', "-"))
                .help(field.doc())
                .help_heading("What happened")
                .action(ArgAction::Append);
            match field.shape() {
                Shape::Choice(values) => flag.value_parser(values.to_vec()),
                Shape::List(values) => flag.value_parser(values.to_vec()).value_delimiter(','),
                Shape::Flag => flag
                    .value_parser(["true", "false"])
                    .num_args(0..=1)
                    .default_missing_value("true")
                    .require_equals(true),
                Shape::Count => flag.value_name("N"),
            }
        });
        command.args(arguments)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Fields {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |field: &Field| {
            let values = matches.get_many::<String>(field.name()).into_iter().flatten();
            values.map(|value| (*field, value.clone())).collect::<Vec<_>>()
        };
        Ok(Self(Field::ALL.iter().flat_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
