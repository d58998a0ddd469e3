"""Safe accommodation: places required, their cost, and who crosses a boundary for one."""
