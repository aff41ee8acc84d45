"""What this service is for and in which order it is used, for whoever opens its OpenAPI document."""

ABOUT = """\
The way of a case to its closing, which the customer alone decides: asking, reminders, feedback, what is put right, the
next round, and letting a case rest. A case closes by positive feedback of its last round and in no other way.

## How to begin

A loop opens by itself with its case (service touchpoints); `listLoops`, `readLoop` and `listTasks` show how each
stands and what waits for a person.

1. The solver teams propose a solution (service solver-teams): the customer is asked by that.
2. `listSurveyDeliveries`: your integrator fetches the links and sends them, then `confirmSurveyDelivery`. The customer
   answers on the page behind the link.
3. Or a person writes down what the customer said with `takeFeedback`; somebody of another company decides with
   `approveFeedback` or `refuseFeedback`.
4. After a negative answer: `answerInquiry` if it gave no reason, `stateRootCause`, `openCorrectiveAction`,
   `finishCorrectiveAction`, and a new solution. The customer is asked again. `askAgain` repeats a question,
   `workAgain` follows a neutral answer.
5. `proposeParking` and `approveParking` let a case rest, still open; `unpark` lets it go on.
"""
