"""Spreadsheets of Eurostat's Data Browser: one sheet, and the workbook."""
