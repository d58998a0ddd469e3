"""The notebooks as a person uses them: JupyterLab's server, copies to work in, errors and results that can be seen."""
