"""The HTTP service: intake, tasks handed out, the plan, and the board.

Belongs here: requests and answers, tokens, limits, starting and stopping. Not here: what is done with tasks
(`scheduler/intake`, `scheduler/handout`), what the board shows (`reports/board`). All but `serve` load Starlette.
"""
