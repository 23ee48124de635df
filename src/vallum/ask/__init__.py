"""What does this article claim, and what does the model say?

>>> from vallum import ask
>>> answer = ask.ask("Eight missiles incoming and none left")
>>> answer.proposals[0].command
'vallum run eight-and-none --set fixed.raids.size.ballistic.n=8'
"""

from vallum.ask.answering import Answer, ask
from vallum.ask.checking import VERDICTS, Verdict
from vallum.ask.proposing import Filled, Proposal
from vallum.ask.questions import Questions, Template, questions

__all__ = ["VERDICTS", "Answer", "Filled", "Proposal", "Questions", "Template", "Verdict", "ask", "questions"]
