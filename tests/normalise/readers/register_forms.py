"""How the lists of registers are written: dialects and columns of EURA, Business Finland and Kohesio."""

DATE = r"\d{1,2}\.\d{1,2}\.\d{4}"
PART = r"(?:Etelä|Länsi|Itä|Pohjois)-Suom(?:i|en suuralueosio)|Valtakunnallinen osio"
EURA_2007 = {
    "encoding": "windows-1252",
    "quoteChar": None,
    "recordPattern": rf"([A-Z]\d+),(EAKR|ESR),(.*),({PART}),(\d),(.*),(Toiminta päättynyt|Keskeytynyt),"
    rf"({DATE}),({DATE}),(.*),(-?\d+),(-?\d+),(-?\d+),(-?\d+)",
}
AMOUNT = r"-?\d+(?:\.\d+)?"
EURA_2014 = {
    "quoteChar": None,
    "lineSuffix": ";",
    "recordPattern": rf"([A-Z]\d+),(EAKR|ESR),(.*),(\d),(.*),(Toiminnassa),({DATE}),({DATE}),(.*),"
    rf"({AMOUNT}),({AMOUNT}),({AMOUNT}),({AMOUNT})[,;]*",
}
BUSINESS_FINLAND = {
    "groupChar": "\u00a0",
    "numbers": ["Avustus €", "Laina €", "EAKR-rahoitus €", "Tutkimusrahoitus €", "Yhteensä €"],
}
KOHESIO_2014 = [
    *("Operation_Unique_Identifier", "Operation_Local_Identifier", "Operation_Name_English"),
    *("Operation_Name_Programme_Language", "Country", "Operation_Start_Date", "Operation_End_Date"),
    *("Cofinancing_Rate", "Total_Eligible_Expenditure_amount", "Total_Eligible_Expenditure_Currency"),
    *("Project_EU_Budget", "Beneficiary_Unique_Identifier", "Beneficiary_Name"),
    *("Beneficiary_Local_Identifier", "Category_Of_Intervention", "Category_Label"),
    *("Thematic_Objective_ID", "Thematic_Objective_Label", "Policy_Objective_ID", "Policy_Objective_Label"),
    *("Fund_Code", "Fund_Name", "Programme_Code", "Programme_Name", "Coordinates"),
    *("Location_Indicator_latitude_longitude", "Postal_Code", "LAU_IDs", "LAU_Labels", "NUTS1_Label"),
    *("NUTS2_Label", "NUTS3_Label", "NUTS1_Code", "NUTS2_Code", "NUTS3_Code", "Programming_Period"),
    *("Operation_Summary_English", "Operation_Summary_Programme_Language", "ManagingAuthority"),
    "InfoRegio_ID",
]
KOHESIO_2021 = [
    *[column for column in KOHESIO_2014 if column != "Coordinates"],
    *["Specific_Objective_ID", "Specific_Objective_Label", "Image_URL", "InfoRegio_URL", "CountryCode"],
]
