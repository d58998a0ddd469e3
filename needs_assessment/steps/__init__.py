"""The steps of one assessment, called in order by ``assessment.py``; each adds its rows to the results."""
