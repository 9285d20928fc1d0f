// Which tips fit a situation: the conditions of the catalog as functions, made once, and the choice among what fits.
import { readFileSync } from 'node:fs'

const PHASES = ['recover', 'respond', 'reflect', 'improve', 'look_ahead', 'practice']
const AUDIENCES = ['candidate', 'employer_branded', 'internal_hr']

// `field=a|b`, `field!=a|b`, `field>=n`; what is absent is unknown.
function testOf (text) {
  const [, field, operator, operand] = /^(\w+)(>=|!=|=)(.+)$/.exec(text)
  if (operator === '>=') {
    const least = Number(operand)
    return facts => facts[field] !== undefined && facts[field] >= least
  }
  const values = new Set(operand.split('|'))
  const has = known => Array.isArray(known) ? known.some(value => values.has(value)) : values.has(String(known))
  if (operator === '!=') return facts => facts[field] === undefined || !has(facts[field])
  const unknown = values.has('unknown')
  return facts => facts[field] === undefined ? unknown : has(facts[field])
}

export class Catalog {
  constructor (path) {
    const catalog = JSON.parse(readFileSync(path, 'utf8'))
    this.version = catalog.version
    this.locale = catalog.locale
    this.frame = catalog.frame
    this.tips = Object.fromEntries(AUDIENCES.map(audience => [audience, []]))
    const tests = ({ all = [], any = [], none = [] }) => [
      ...all.flatMap(text => text.startsWith('@') ? tests(catalog.conditions[text.slice(1)]) : [testOf(text)]),
      ...none.map(testOf).map(test => facts => !test(facts)),
      ...(any.length > 0 ? [(some => facts => some.some(test => test(facts)))(any.map(testOf))] : [])
    ]
    for (const tip of catalog.tips.sort((one, other) => other.priority - one.priority)) {
      const { id, title, body } = tip
      const made = { id, title, body, phase: PHASES.indexOf(tip.phase), tests: [...tests(catalog.gates[tip.phase]), ...tests(tip.when)] }
      const audiences = tip.audiences.length > 0 ? tip.audiences : AUDIENCES
      audiences.forEach(audience => this.tips[audience].push(made))
    }
  }

  // By priority, with at least one of every phase that has any, in the order of phases.
  choose (audience, facts, limit) {
    let fitting = this.tips[audience].filter(tip => tip.tests.every(test => test(facts)))
    if (fitting.length > limit) {
      const firstOfPhase = fitting.filter((tip, place) => fitting.findIndex(other => other.phase === tip.phase) === place)
      const chosen = new Set(firstOfPhase.slice(0, limit))
      for (const tip of fitting) {
        if (chosen.size < limit) chosen.add(tip)
      }
      fitting = fitting.filter(tip => chosen.has(tip))
    }
    return fitting.sort((one, other) => one.phase - other.phase)
  }
}
