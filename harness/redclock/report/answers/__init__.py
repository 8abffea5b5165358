"""Answers to the questions beside a plan: in words, at a terminal and as JSON. Every number is the planner's."""
