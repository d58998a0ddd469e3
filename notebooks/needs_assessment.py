# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Domestic abuse needs assessment
#
# How many victims live here and where, how many need support and do not get it, and how many places of safe
# accommodation are needed: national rates applied to the people of each ward, and the council's own returns wherever
# there are any. To run it for your area, change the choices in the next cell and choose *Run All Cells*.

# %% [markdown]
# ## Choices of this run

# %% tags=["parameters"]
area = ["E06000056"]  # codes of the authorities; several make one partnership
population = ""  # a population file; blank: the table bundled for the area
boundaries = ""  # a ward boundary file; blank: a tile map where ward points are known
services = ""  # the council's own returns; blank: published local figures only
rates = "csew-2024"  # a registered rate set, or a file of your own
method = "age_sex"  # crude, sex or age_sex
draws = 10000  # number of Monte Carlo draws
seed = 2021  # seed of the draws
as_of = ""  # date of the paper (2026-03-31); blank: today
output = ""  # parent folder of the results; blank: outputs
run = ""  # name of the run's folder; blank: named from its choices
paper = True  # write the Word, PDF and HTML paper
accept_met_above_need = False  # True once a met need above the modelled need has been explained

# %%
from needs_assessment import Scenario, assess

scenario = Scenario.from_notebook(globals())
assessment = assess(scenario)
outputs = assessment.outputs()
outputs.about()

# %% [markdown]
# ## How many people experience domestic abuse

# %%
outputs.say("victims")

# %%
outputs.table("people")

# %% [markdown]
# ## Prevalence by sex and age

# %%
outputs.figure("age_sex")

# %%
outputs.table("prevalence_by_sex_and_age")

# %% [markdown]
# ## Where victims live

# %%
outputs.say("wards")

# %%
outputs.figure("map")

# %%
outputs.figure("wards")

# %%
outputs.table("wards")

# %% [markdown]
# ## Need for safe accommodation, and how much of it is met

# %%
outputs.say("need")

# %%
outputs.figure("need")

# %%
outputs.table("safe_accommodation_need")

# %% [markdown]
# ## Places of safe accommodation

# %%
outputs.say("places")

# %%
outputs.figure("places")

# %%
outputs.table("places")

# %% [markdown]
# ## What is not known, and what to obtain

# %%
outputs.table("data_gaps")

# %% [markdown]
# ## Figures, judgements and sources used

# %%
outputs.table("assumptions")

# %%
outputs.table("sources")

# %% [markdown]
# ## Write the outputs
#
# The folder holds the paper, the workbook, every table and figure, this notebook as it ran, and a manifest.

# %%
assessment.publish()
