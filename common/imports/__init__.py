"""Reading tables from CSV files into the database.

The way of a file: `reading` turns bytes into records with line numbers, `columns` turns cells into values,
`tables` says which columns a table has and turns records into rows, `loading` compares the rows with the
database and writes them as one act, `report` tells a person what happened. The first three know no database,
so that a page can show the whole report before anything is written.
"""
