# The published tables in R, with base R alone: load, labels, and the five questions of docs/questions.md.
#   source("docs/innoregio.R"); gdp <- ir_load("regional-accounts", labels = "fi")
# A tree is a folder such as "public", or the address where it is served. Codes stay text ("01" is no number), a missing
# figure is NA and never zero; obs_status says why it is missing, obs_flag is the provider's own sign.

ir_tree <- Sys.getenv("INNOREGIO_TREE", "public")
ir_numbers <- c("obs_value", "numerator", "denominator", "rank", "rank_n", "rank_of", "distance")

# A table of a dataset: the one of the dataset's name, unless `table` names another. With `labels` ("fi", "sv", "en") the
# columns of `coded` get a column <field>_label behind the others. `version` takes that release instead of the newest.
ir_load <- function(dataset, table = dataset, labels = NULL, coded = c("geo", "unit", "obs_status"),
                    version = NULL, tree = ir_tree) {
  folder <- paste(c(sub("/$", "", tree), dataset, version), collapse = "/")
  frame <- ir_read(paste0(folder, "/", table, ".csv"))
  for (name in intersect(ir_numbers, names(frame))) frame[[name]] <- as.numeric(frame[[name]])
  if (is.null(labels)) return(frame)
  stopifnot(labels %in% c("fi", "sv", "en"))
  for (field in intersect(coded, names(frame))) {
    codes <- ir_read(paste0(folder, "/codes-", field, ".csv"))
    key <- if (field == "geo") paste(frame$geo_classification, frame$geo) else frame[[field]]
    known <- if (field == "geo") paste(codes$geo_classification, codes$code) else codes$code
    frame[[paste0(field, "_label")]] <- codes[[paste0("label_", labels)]][match(key, known)]
  }
  frame
}

ir_read <- function(path) {
  read.csv(path, colClasses = "character", na.strings = "", encoding = "UTF-8", check.names = FALSE)
}

# The five questions. `ir_answers()` gives a list; each function is one answer.

ir_figures <- function() subset(ir_load("indicators"), !is.na(obs_value))

ir_compared <- function() c("FI1C6", subset(ir_load("peers", "similar-regions"), geo == "FI1C6")$peer)

# R&D per GDP: of the region and its peers (empty where the two parts have no year in common), and of the NUTS 2 regions.
ir_research <- function(figures = ir_figures(), compared = ir_compared()) {
  larger <- subset(figures, indicator == "RD_INTENSITY_NUTS2" & level == "2")
  year <- max(subset(larger, geo == "FI1C")$time_period)
  newest <- subset(larger, time_period == year)
  list(ratio = subset(figures, indicator == "RD_EXPENDITURE_PER_GDP" & geo %in% compared),
       newest = newest[order(-newest$obs_value), ])
}

# The birth rate of enterprises in the region's newest year, beside similar regions.
ir_births <- function(figures = ir_figures(), compared = ir_compared()) {
  births <- subset(figures, indicator == "ENTERPRISE_BIRTH_RATE" & geo %in% compared)
  year <- max(subset(births, geo == "FI1C6")$time_period)
  subset(births, time_period == year, c(geo, time_period, obs_value, obs_status, rank, rank_of))
}

# Participations in Horizon Europe by region of the seat, as the project places them.
ir_participations <- function() {
  places <- subset(ir_load("register-places"), !is.na(region))
  counted <- sort(table(places$region), decreasing = TRUE)
  data.frame(region = names(counted), participations = as.integer(counted))
}

# Participations of partners abroad by country: with organisations seated in the region, and, as an upper bound, with those
# that have a campus in Lahti too.
ir_partners <- function() {
  abroad <- subset(ir_load("framework-projects", "participations"), country != "FI")
  seated <- subset(ir_load("register-places"), region == "MK07")$project
  campuses <- subset(ir_load("campus-participations"), municipality == "KU398")$project
  count <- function(projects) sort(table(subset(abroad, project %in% projects)$country), decreasing = TRUE)
  list(partners = count(seated), upper = count(c(seated, campuses)))
}

# Young people outside work and education: of the NUTS 2 region that the figure is of.
ir_youth <- function(figures = ir_figures()) {
  youth <- subset(figures, indicator == "NEET_RATE_NUTS2" & time_period == "2022")
  subset(youth, geo %in% c("FI1C", "FI", "EE", "LV", "LT"), c(geo, geo_classification, level, obs_value, obs_status))
}

ir_answers <- function() {
  figures <- ir_figures()
  compared <- ir_compared()
  list(research = ir_research(figures, compared), births = ir_births(figures, compared),
       participations = ir_participations(), partners = ir_partners(), youth = ir_youth(figures))
}
