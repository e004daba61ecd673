# Reads the tables of a list with readr and writes a file for each column (see columns.py).
# Rscript read_with_readr.R LIST FOLDER, LIST having lines of name, address and column types, tab between.
suppressMessages(library(readr))
arguments <- commandArgs(trailingOnly = TRUE)
tables <- read.delim(arguments[1], header = FALSE, col.names = c("name", "location", "types"), colClasses = "character")

cell_text <- function(values) {
  text <- if (is.character(values)) {
    escaped <- gsub("\\", "\\\\", values, fixed = TRUE)
    gsub("\r", "\\r", gsub("\n", "\\n", escaped, fixed = TRUE), fixed = TRUE)
  } else if (is.logical(values)) tolower(as.character(values))
  else if (inherits(values, "POSIXct")) format(values, "%Y-%m-%dT%H:%M:%SZ", tz = "UTC")
  else if (inherits(values, "Date")) format(values, "%Y-%m-%d")
  else sprintf("%.17g", values)
  ifelse(is.na(values), "", text)
}

for (line in seq_len(nrow(tables))) {
  table <- read_csv(tables$location[line], col_types = tables$types[line], na = "", progress = FALSE)
  if (nrow(problems(table)) > 0) stop(tables$name[line], ": readr has problems with it")
  folder <- file.path(arguments[2], tables$name[line])
  dir.create(folder, recursive = TRUE)
  writeLines(paste0("[", paste0('"', names(table), '"', collapse = ", "), "]"), file.path(folder, "columns.json"))
  for (number in seq_along(table)) {
    file <- file(file.path(folder, paste0(number - 1, ".txt")), "wb")
    writeLines(enc2utf8(cell_text(table[[number]])), file, useBytes = TRUE)
    close(file)
  }
}
