mod from_csv;
mod versions;
