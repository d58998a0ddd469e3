"""National rates of abuse, bundled or from a workbook."""
