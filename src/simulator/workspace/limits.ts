/**
 * Slack's published limits of blocks and views (docs.slack.dev/reference/block-kit, read November
 * 2026): characters of texts, items of lists.
 */
export const LIMITS = {
  id: 255,
  text: 3000,
  button: { text: 75, value: 2000, url: 3000, label: 75 },
  confirm: { title: 100, text: 300, button: 30 },
  /** The value of an option may have 150 characters, though the published types say 75. */
  option: { text: 75, value: 150, description: 75, url: 3000 },
  options: 100,
  optionGroups: 100,
  optionGroupLabel: 75,
  fewOptions: 10,
  overflowOptions: 5,
  placeholder: 150,
  inputLength: 3000,
  maxFiles: 10,
  messageBlocks: 50,
  viewBlocks: 100,
  actions: 25,
  alert: 200,
  card: { title: 150, subtitle: 150, body: 200, subtext: 200, actions: 3 },
  carousel: 10,
  container: { title: 150, subtitle: 150, blocks: 10 },
  context: 10,
  contextActions: 5,
  table: { rows: 100, columns: 20, characters: 10_000 },
  dataTable: { minRows: 2, rows: 201, columns: 20, pageSize: 100, characters: 20_000 },
  visualizations: 2,
  visualizationTitle: 50,
  header: 150,
  image: { url: 3000, alt: 2000, title: 2000 },
  input: { label: 2000, hint: 2000 },
  markdown: 12_000,
  section: { text: 3000, fields: 10, field: 2000 },
  video: { alt: 200, title: 200, author: 50, description: 200, provider: 50 },
  view: { title: 24, button: 24, metadata: 3000, bytes: 250_000, stack: 3 },
  message: { text: 40_000, updateText: 4000, metadataBytes: 16_000, attachments: 100 },
} as const;

export type Surface = 'message' | 'modal' | 'home';

const EVERYWHERE: Surface[] = ['message', 'modal', 'home'];
const MESSAGE_AND_HOME: Surface[] = ['message', 'home'];

/** Which surfaces take which block. */
export const SURFACES: Record<string, readonly Surface[]> = {
  actions: EVERYWHERE,
  card: EVERYWHERE,
  context: EVERYWHERE,
  divider: EVERYWHERE,
  header: EVERYWHERE,
  image: EVERYWHERE,
  input: EVERYWHERE,
  rich_text: EVERYWHERE,
  section: EVERYWHERE,
  video: EVERYWHERE,
  carousel: MESSAGE_AND_HOME,
  container: MESSAGE_AND_HOME,
  data_table: MESSAGE_AND_HOME,
  table: MESSAGE_AND_HOME,
  markdown: ['message'],
  plan: ['message'],
  task_card: ['message'],
  context_actions: ['message'],
  data_visualization: ['message'],
  file: ['message'],
  alert: ['modal'],
};
