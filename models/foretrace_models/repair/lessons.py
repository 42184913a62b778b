"""Lessons: for each concept why a thing is so, how one would find a fault in it, and what to try.

They are about the concept and never about one program, so that they give no fix away.
"""

from __future__ import annotations

from attrs import frozen

from foretrace_models.repair.concepts import Concept


@frozen
class Lesson:
    """What can be said of a concept."""

    why: str
    how: str
    check: str


LESSONS: dict[Concept, Lesson] = {
    Concept.COLON: Lesson(
        "A line that opens a block, such as one with if, for, while or def, ends with a colon.",
        "Compare the end of this line with that of other lines that open a block.",
        "Do all of them end in the same way?",
    ),
    Concept.BRACKET: Lesson(
        "Every bracket that is opened must be closed by one of the same shape.",
        "Go from left to right: count one up where a bracket opens, and one down where one closes.",
        "Is the count back at zero at the end of the statement?",
    ),
    Concept.QUOTE: Lesson(
        "A text begins and ends with the same kind of quotes.",
        "Find the place where each text begins, and the place where it should end.",
        "Which characters belong to the text, and which to the program?",
    ),
    Concept.INDENTATION: Lesson(
        "Lines of one block begin in the same column. What belongs inside begins further right.",
        "Compare where this line begins with the lines above and below it.",
        "To which block should this line belong?",
    ),
    Concept.EQUALS: Lesson(
        "Giving a name a value and asking whether two values are equal are written differently.",
        "Say for each equals sign in this line whether it gives or asks.",
        "Which of the two should it do here?",
    ),
    Concept.KEYWORD: Lesson(
        "Python knows its own words in one spelling only. Other languages have other words.",
        "Read the line word by word, and compare it with a line of that kind that works.",
        "Is there a word that Python spells otherwise?",
    ),
    Concept.SEPARATOR: Lesson(
        "Two values cannot stand side by side: something must say how they belong together.",
        "Read the line aloud, and listen for two values without anything in between.",
        "What should happen to the two values?",
    ),
    Concept.CHARACTER: Lesson(
        "Some characters only look like those of a program: curly quotes, for example.",
        "Type the odd characters of this line again on your keyboard.",
        "Was this line copied from a web page or a document?",
    ),
    Concept.BODY: Lesson(
        "A block needs at least one statement.",
        "Look at what stands, indented, under the line that opens the block.",
        "What should be done in this block?",
    ),
    Concept.SYNTAX: Lesson(
        "Python reads from the top and stops where it can make no sense of what comes.",
        "Read this line and the one above it sign by sign.",
        "What would you expect next at the place where Python stopped?",
    ),
    Concept.RANGE: Lesson(
        "A range begins with its first number and ends before its last one.",
        "Write down the numbers that the range gives for a short example.",
        "Which number comes first, which comes last, and which ones do you need?",
    ),
    Concept.INDEX: Lesson(
        "Elements are counted from 0, so the last one has an index one below the length.",
        "Write down the index for the first and for the last time around.",
        "Is there an element at every index that is looked up?",
    ),
    Concept.SLICE: Lesson(
        "A slice begins with its first index and ends before its second one.",
        "Write down which elements the slice takes from a short example.",
        "Which element should be the first one, and which the last?",
    ),
    Concept.BOUNDARY: Lesson(
        "A comparison can take in the limit itself or leave it out.",
        "Try the value that is exactly the limit.",
        "What should happen if both sides are equal?",
    ),
    Concept.COMPARISON: Lesson(
        "A comparison that asks for something else goes the wrong way for some values.",
        "Take one example, and say whether the condition is true for it.",
        "For which values should it be true?",
    ),
    Concept.IDENTITY: Lesson(
        "Being the very same object and having equal values are two different questions.",
        "Say which of the two questions this line should ask.",
        "Can two values be equal without being the same object?",
    ),
    Concept.CONDITION: Lesson(
        "With `and` both sides must be true, with `or` one is enough, and `not` turns it round.",
        "Make a small table: each part of the condition, and the whole, for two or three examples.",
        "Is there an example for which only one part is true? What should happen then?",
    ),
    Concept.OFF_BY_ONE: Lesson(
        "A count that begins or ends one off is one too many or one too few.",
        "Go through the smallest example by hand, and count along.",
        "What comes out for the smallest input that makes sense?",
    ),
    Concept.CONSTANT: Lesson(
        "A value that is written into the program is the same in every run.",
        "Ask of this value where it comes from and what it stands for.",
        "Which value does the task name?",
    ),
    Concept.START_VALUE: Lesson(
        "What is built up step by step must begin with what it is before the first step.",
        "Ask what the result should be if there is nothing to go through.",
        "What does the variable hold before the first time around?",
    ),
    Concept.DIVISION: Lesson(
        "One division gives a number with a decimal point, the other drops what comes after it.",
        "Work out an example that does not come out even.",
        "Should the result be a whole number?",
    ),
    Concept.ARITHMETIC: Lesson(
        "An expression with another operator runs as well, and gives another value.",
        "Work the expression out by hand for the failing example.",
        "Does the program come to the number that you came to?",
    ),
    Concept.ACCUMULATING: Lesson(
        "Giving a variable a new value forgets the old one. Adding to it keeps it.",
        "Write down the variable after each time around.",
        "What is left after the last time: all of it, or only the last part?",
    ),
    Concept.CONVERSION: Lesson(
        "A text of digits is no number, and a number is no text.",
        "Say for each value in this line whether it is a text, a number or a list.",
        "What does type() say of each of them?",
    ),
    Concept.PART_OF_WHOLE: Lesson(
        "A list and one of its elements are two different things.",
        "Say for each name in this line whether it holds one thing or many.",
        "Is the whole needed here, or one of its parts?",
    ),
    Concept.EXPRESSION: Lesson(
        "The line runs, but what it works out is not what is needed.",
        "Work the line out by hand for the failing example, part by part.",
        "Which part is the first to be something else than you expect?",
    ),
    Concept.NAME: Lesson(
        "Every name stands for a value of its own, so another name gives another value.",
        "Say for each name in this line what it holds in the failing example.",
        "Is each of them the one that you mean?",
    ),
    Concept.SPELLING: Lesson(
        "Python tells names apart by every letter, and capitals count.",
        "Compare each name in this line with the place where it gets its value.",
        "Is it spelt the same in both places?",
    ),
    Concept.UNDEFINED: Lesson(
        "A name has to get a value before it is used.",
        "Find the line where the name gets its value.",
        "Is that line done before this one, every time?",
    ),
    Concept.CALL: Lesson(
        "A name alone only mentions a function. Brackets after it are what has it done.",
        "Ask of each name in this line whether something should be done, or only be mentioned.",
        "What does print() show for this name?",
    ),
    Concept.METHOD: Lesson(
        "Each type has methods of its own, and like names do different things.",
        "Say of which type the value before the dot is, and look up what it can do.",
        "Does that type have this method, and what does it give back?",
    ),
    Concept.METHOD_RESULT: Lesson(
        "Methods that change a list give back None. What they changed is the list itself.",
        "Ask what the method changes, and what it gives back.",
        "What does the name hold after this line?",
    ),
    Concept.ARGUMENTS: Lesson(
        "A function takes as many values as it has parameters, in their order.",
        "Put each value of the call beside the parameter that takes it.",
        "Does every parameter get the value that it is meant to get?",
    ),
    Concept.IMPORT: Lesson(
        "What stands in a module has to be imported, under its exact name, before it is used.",
        "Look at the first lines of the program and at the names that come from elsewhere.",
        "From which module does each of them come?",
    ),
    Concept.RETURN_MISSING: Lesson(
        "A function that comes to its end without a return gives back None.",
        "Follow the function for the failing example to the last line that is done.",
        "What does the caller get from there?",
    ),
    Concept.RETURN_EARLY: Lesson(
        "A return ends the function at once, even in the middle of a loop.",
        "Follow the loop for an example with several elements.",
        "How many times around does the loop go before the function ends?",
    ),
    Concept.PRINTED: Lesson(
        "Printing shows a value to a person. Returning hands it to the caller.",
        "Ask who needs the value: somebody at the screen, or the rest of the program.",
        "What does the caller get from this function?",
    ),
    Concept.RESULT: Lesson(
        "A function gives what stands after return, whatever else it worked out.",
        "Compare what is returned here with what the task asks for.",
        "Which variable holds the answer at this point?",
    ),
    Concept.BLOCK: Lesson(
        "How far a line is indented says how often it is done: inside of a loop every time around.",
        "Say for each of these lines how often it should be done, and under which condition.",
        "Should this be done every time, or only once?",
    ),
    Concept.ORDER: Lesson(
        "Statements are done from top to bottom, and each works with what those above it left.",
        "Write down the variables after each of these lines.",
        "Which line needs what another one works out?",
    ),
    Concept.LOOP_END: Lesson(
        "A loop can be ended early, or go on at once with the next time around.",
        "Follow the loop for the failing example, and note where each time around ends.",
        "When should the loop stop?",
    ),
    Concept.BRANCHES: Lesson(
        "Of if, elif and else only one branch is taken. Two ifs are asked one after the other.",
        "Go through the branches with the failing example, and mark those that are taken.",
        "How many of them should be taken?",
    ),
    Concept.SPECIAL_CASE: Lesson(
        "Some inputs need an answer of their own: nothing at all, one element, the limit itself.",
        "Go through the function with the failing example, and with the smallest input.",
        "Which input is unlike the others, and what should come out for it?",
    ),
    Concept.STATEMENT_MISSING: Lesson(
        "Only what is written down is done.",
        "Tell the task step by step, and point to the line that does each step.",
        "For which step is there no line?",
    ),
    Concept.STATEMENT_NEEDLESS: Lesson(
        "A line does what it says, whether it is needed or not.",
        "Ask for each of these lines what would be missing without it.",
        "Which of them changes something that should stay as it is?",
    ),
    Concept.KEY: Lesson(
        "A dictionary knows only the keys that were put into it.",
        "Write down which keys there are when this line is done.",
        "What should happen for a key that is not there?",
    ),
    Concept.TYPE: Lesson(
        "What can be done with a value depends on its type: text, number, list, None.",
        "Say for each value in this line of which type it is.",
        "Is one of them of another type than you expect?",
    ),
    Concept.VALUE: Lesson(
        "A value can have the right type and yet be one that does not work here.",
        "Write down the value that this line is given in the failing example.",
        "For which values does this work, and for which not?",
    ),
    Concept.ZERO: Lesson(
        "Nothing can be divided by zero, and the length of something empty is zero.",
        "Ask when the number below the line is zero.",
        "What should come out in that case?",
    ),
    Concept.RECURSION: Lesson(
        "A function that calls itself needs a case in which it does not.",
        "Write down the arguments of the first three calls.",
        "Do they come nearer to the case where the function stops calling itself?",
    ),
    Concept.ENDLESS: Lesson(
        "A loop ends only if something in it changes what its condition asks.",
        "Write down what the condition asks, before each of the first three times around.",
        "What changes from one time to the next, and does it lead to the end?",
    ),
    Concept.FILE: Lesson(
        "A file is looked for where the program was started, under its exact name.",
        "Compare the name in the program with that of the file, and look at the folder it is in.",
        "Is it there?",
    ),
    Concept.UNKNOWN: Lesson(
        "A wrong value often comes about before the line where it shows.",
        "Follow the failing example line by line, and write down each variable.",
        "After which line does a variable hold what you did not expect?",
    ),
}
