import { expect, it } from 'vitest';
import { stepOutputs } from '#features/workflow-step/outputs.ts';
import { itemOf } from '#test/support/views.ts';

it('what a carrier writes as a status cannot call or mislead anybody where a workflow posts it', () => {
  const outputs = stepOutputs(
    itemOf('status-drift', {
      detail: {
        carrierStatus: '<!channel> *see* <https://evil.example|the portal> & <@UANARUIZ1>',
      },
    }),
    'full',
  );
  expect(outputs?.reason).toContain('&lt;!channel&gt;');
  expect(outputs?.reason).toContain('&amp;');
  expect(JSON.stringify(outputs)).not.toMatch(/[<>]|\*/);
});

it('a number from the CRM is no markup either', () => {
  const { policy } = itemOf('changed');
  const odd = itemOf('changed', {
    policy: { ...policy, number: '<!here>1', carrierName: '<@U1>' },
  });
  expect(stepOutputs(odd, 'full')?.policy).toBe('&lt;@U1&gt; &lt;!here&gt;1');
});
