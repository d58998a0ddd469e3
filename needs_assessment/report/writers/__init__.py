"""Documents and workbooks as files: Word, PDF, HTML, Excel."""
