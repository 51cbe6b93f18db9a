"""What follows from a change, with figures: budgets, times of alerts, series, dependants, problems, cost, files.

One module an area. Each has a function ``rows``: facts before and after -> rows. What cannot be
determined is a row too.
"""
