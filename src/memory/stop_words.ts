/** Words that say how something is asked rather than what. */
const stopWords = new Set(
  `a about after again all also am an and any are as at be because been before being both but by can cannot could did do
  does doesn don done each few for from further get gets got had has have having he her here how i if in into is isn it
  its just let like ll may me might more most must my need no nor not now of off on once only or other our out over own
  please re same shall she should so some such s t than that the their them then there these they this those through to
  too under until up us use used uses using ve very want was way we were what when where which while who whom why will
  with without would you your`.split(/\s+/),
);

export function isStopWord(word: string): boolean {
  return stopWords.has(word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""));
}
