// What is asked and answered, as JSON schemas.

const choice = (...values) => ({ type: 'string', enum: values })
const list = (...values) => ({ type: 'array', items: choice(...values) })
const count = { type: 'integer', minimum: 0 }
const flag = { type: 'boolean' }
const line = { type: 'string', minLength: 1, maxLength: 100 }
const strict = (required, properties) => ({ type: 'object', additionalProperties: false, required, properties })

const context = strict(['kind'], {
  kind: choice('job_application', 'promotion', 'idea', 'project', 'dismissal', 'program_admission', 'other'),
  outcome: { ...choice('declined', 'no_response'), default: 'declined' },
  stage: choice('applied', 'screening', 'assessment', 'interview', 'final_interview', 'offer'),
  rounds_completed: count,
  rounds_total: count,
  conversation: choice('none', 'held'),
  conversation_with: list('recruiter', 'interviewer', 'hiring_manager', 'manager', 'committee'),
  notice: choice('form_email', 'personal_email', 'phone', 'in_person', 'video_call'),
  reasons: list(
    'not_given', 'stronger_candidate', 'skill_gap', 'experience_gap', 'qualification_gap', 'communication',
    'confidence', 'preparation', 'interview_performance', 'application_incomplete', 'not_a_fit', 'presentation',
    'attire', 'position_filled', 'position_closed', 'compensation', 'location', 'work_authorization', 'timing',
    'budget', 'lacks_volunteering'
  ),
  feedback_policy: choice('gives', 'refuses'),
  feedback: choice('none', 'requested', 'received', 'refused', 'timed_out'),
  causes: list(
    'nerves', 'preparation', 'misunderstanding', 'interview_performance', 'stronger_candidate', 'form_error',
    'missed_point', 'experience_gap', 'skill_gap', 'confidence', 'communication', 'presentation', 'no_idea'
  ),
  opening: choice('open', 'filled', 'closed'),
  decision: choice('final', 'open_to_change'),
  knows_strong_candidate: flag,
  known_obstacle: flag,
  still_interested: flag,
  niche_field: flag,
  will_reapply: flag,
  employer_open_to_future: flag,
  attachment: choice('organization', 'role', 'concept', 'none'),
  other_applications: choice('none_left', 'awaiting', 'offer'),
  phase: choice('shock', 'processing', 'reflecting', 'acting', 'recovered'),
  days_since: count,
  audience: { ...choice('candidate', 'employer_branded', 'internal_hr'), default: 'employer_branded' }
})

const brand = strict([], {
  name: line,
  voice: { ...choice('we', 'name', 'neutral'), default: 'we' },
  signoff: { type: 'string', maxLength: 300 },
  link: strict(['text', 'url'], { text: line, url: { type: 'string', format: 'uri', pattern: '^https://', maxLength: 1000 } }),
  link_color: { type: 'string', pattern: '^#[0-9a-f]{6}$' }
})

export const schema = {
  body: strict(['context', 'brand'], {
    context,
    max_tips: { type: 'integer', minimum: 1, maximum: 10, default: 3 },
    formats: { ...list('html', 'text'), default: ['html', 'text'] },
    heading_level: { type: 'integer', minimum: 1, maximum: 6, default: 3 },
    brand
  }),
  response: {
    200: {
      type: 'object',
      properties: {
        html: { type: 'string' },
        text: { type: 'string' },
        steps: { type: 'array', items: { type: 'string' } },
        catalog_version: { type: 'string' }
      }
    }
  }
}
