# Runs the R code of the dataset pages and says what it loaded; the lines of `run_snippets.py`, for `.r` files.
folder <- commandArgs(trailingOnly = TRUE)[1]
for (path in sort(list.files(folder, pattern = "\\.r$"))) {
  code <- new.env()
  source(file.path(folder, path), local = code, encoding = "UTF-8")
  for (name in names(code$table)) {
    values <- code$table[[name]]
    told <- values[!is.na(values)]
    total <- if (is.character(values)) "" else format(sum(told), digits = 17)
    cat(path, length(values), name, length(told), length(unique(told)), total, sep = "\t")
    cat("\n")
  }
}
